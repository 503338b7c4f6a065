// One span a call, whatever became of it: what an operator sees agrees with what the API server saw.
import { expect, test } from 'vitest';
import { startReceiver } from '../../telemetry/test-receiver.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { witness } from '../search/witness.ts';
import { PROTOCOLS } from './agent.ts';
import { govern } from './governed.ts';

const cluster = await suiteCluster();

test.each(PROTOCOLS)(
  'every call over %s is one span, refused ones too, joined to the audit log',
  async (protocol) => {
    const receiver = await startReceiver();
    await using governed = await govern(cluster, 'spans', { telemetry: receiver.telemetry });
    const { agent, namespace } = governed;
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    const headers = { traceparent, 'kubectl-session': 'session-1' };
    const permitted = await agent.call(protocol, { path: `${path}?limit=1`, headers });
    await agent.call(protocol, { path: '/api/v1/secrets', headers });
    await agent.call(protocol, { path: '/api/v1/../secrets', headers });
    await agent.call(protocol, { path, token: null });
    const [arrived] = await governed.arrived();
    await governed.stop(0);
    const printed = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
    witness('the spans of a sidecar')(JSON.stringify(receiver.spans, printed));

    const calls = receiver.spans.filter(({ attributes }) => attributes['chaperone.audit_id'] !== undefined);
    expect(
      calls.map(({ attributes }) => [attributes['chaperone.decision'], attributes['chaperone.refusal']]),
    ).toEqual([
      ['permit', undefined],
      ['denial', 'ClosedList'],
      ['denial', 'MalformedTarget'],
      ['denial', 'UnknownCaller'],
    ]);
    expect(calls[0]?.attributes).toMatchObject({
      'chaperone.audit_id': arrived?.auditID,
      'url.path': path,
      'chaperone.request.verb': 'list',
      'chaperone.rule': 'AgentPolicy agents/triage standing.rules[0]',
    });
    expect(Number(calls[0]?.attributes['http.response.status_code'])).toBe(permitted.status);
    // Sampled although the agent's trace is not; a link to it, and not below it. The calls of a command are one trace.
    expect(calls[0]?.links).toEqual([
      { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
    ]);
    expect(new Set(calls.slice(0, 3).map(({ traceId }) => traceId)).size).toBe(1);
    expect(calls[0]?.traceId).not.toBe('0af7651916cd43dd8448eb211c80319c');
    expect(governed.records[0]).toMatchObject({ traceId: calls[0]?.traceId, spanId: calls[0]?.spanId });
    await receiver.close();
  },
);
