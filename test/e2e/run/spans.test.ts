// With a collector named in the environment, every call of a run arrives there as a span, refused ones too.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../../../telemetry/test-receiver.ts';
import { type Bench, openBench } from './bench.ts';
import { policyFor } from './policy.ts';

let bench: Bench;
let receiver: Receiver;

beforeAll(async () => {
  bench = await openBench('run-spans');
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver?.close();
  await bench?.[Symbol.asyncDispose]();
});

/** SPAN_KIND_SERVER of OTLP. */
const SERVER = 2;

it('one span a call, joined with its record by the Audit-ID', async () => {
  const policy = await bench.file('policy.yaml', [policyFor(bench.namespace)]);
  const endpoint = receiver.telemetry.tracesUrl?.replace('/v1/traces', '');
  const command = ['sh', '-c', 'kubectl get pods; kubectl get nodes'];
  const ended = await bench.run(['run', '--policy', policy, '--', ...command], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
  });
  const path = /^ {2}records: (.+)$/m.exec(ended.stderr)?.[1] ?? '';
  const records = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const recorded = records.map((line) => (JSON.parse(line) as { auditId: string }).auditId);
  const spans = receiver.spans.filter(({ kind }) => kind === SERVER);
  expect(spans.map(({ attributes }) => attributes['chaperone.audit_id']).toSorted()).toEqual(
    recorded.toSorted(),
  );
  expect(spans).toContainEqual(expect.objectContaining({ name: 'list pods' }));
  const refused = spans.find(({ name }) => name === 'list nodes');
  expect(refused?.attributes).toMatchObject({
    'chaperone.decision': 'denial',
    'chaperone.refusal': 'ClosedUnlessNamed',
  });
  expect(refused?.resource).toMatchObject({ 'service.name': 'chaperone-run' });
});
