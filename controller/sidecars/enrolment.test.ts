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
