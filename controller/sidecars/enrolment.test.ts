import type { ServerHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { CONTROLLER, request } from '../../ca/enrolment.fixture.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { Credentials } from '../identity/credentials.ts';
import type { KubeApi } from '../kube/api.ts';
import { enrolments } from './enrolment.ts';

const told = vi.hoisted(() => vi.fn());
vi.mock('../decisions.ts', () => ({ beginDecision: () => told }));

test('an enrolment that the API server does not let be decided is told as a denial all the same', async () => {
  const serve = enrolments({
    kube: { call: () => Promise.reject(new Error('connection refused')) } as unknown as KubeApi,
    credentials: () => ({ roots: {} }) as Credentials,
    trustDomain: 'chaperone.local',
    namespace: 'chaperone-system',
    log: createLogger({ component: 'controller', level: 'error' }),
  });
  const body = Buffer.from(JSON.stringify(request({ timeMs: Date.now() })));
  const stream = Readable.from([body]) as unknown as ServerHttp2Stream;
  const given = vi.fn();
  const caller = { address: '10.244.0.9', controllerSha256: CONTROLLER, use: () => given };
  await expect(serve(stream, caller)).rejects.toThrow('connection refused');
  expect(told.mock.calls).toEqual([[{ decision: 'denial', refusal: 'Internal' }]]);
  expect(given).toHaveBeenCalledOnce();
});

test('a few addresses that enrol without end leave the others their turn', async () => {
  const asked: string[] = [];
  const serve = enrolments({
    kube: {
      call: (_: string, path: string) => {
        asked.push(path);
        return new Promise(() => {});
      },
    } as unknown as KubeApi,
    credentials: () => ({ roots: {} }) as Credentials,
    trustDomain: 'chaperone.local',
    namespace: 'chaperone-system',
    log: createLogger({ component: 'controller', level: 'error' }),
  });
  const body = Buffer.from(JSON.stringify(request({ timeMs: Date.now() })));
  const enrolFrom = (address: string) => {
    const answering = { respond: () => {}, end: () => {}, close: () => {} };
    const stream = Object.assign(Readable.from([body]), answering) as unknown as ServerHttp2Stream;
    void serve(stream, { address, controllerSha256: CONTROLLER, use: () => () => {} });
  };
  for (let turn = 0; turn < 8; turn += 1) {
    for (let at = 0; at < 15; at += 1) enrolFrom(`10.244.1.${at}`);
    await new Promise(setImmediate);
  }
  const before = asked.length;
  enrolFrom('10.244.0.9');
  await vi.waitFor(() => expect(asked).toHaveLength(before + 1));
});
