import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDLE_MS, MAX_COMMAND_CALLS, MAX_OPEN_COMMANDS } from './commands.ts';
import { MAX_QUEUED_SPANS } from './exporting.ts';
import { createLogger } from './logger.ts';
import { type CallStart, createSpans, type Spans } from './spans.ts';
import { type ReceivedSpan, type Receiver, startReceiver } from './test-receiver.ts';

let receiver: Receiver;
let spans: Spans;
let lines: string[];

beforeEach(async () => {
  receiver = await startReceiver();
  lines = [];
  spans = sending();
});
afterEach(async () => {
  await spans.shutdown();
  await receiver.close();
});

function sending(): Spans {
  // An export that a former test gave up on may still have something to say, to that test's lines.
  const own = lines;
  const log = createLogger({ component: 'test', write: (line) => own.push(line) });
  const identity = { service: 'chaperone-sidecar', session: 's-1', pod: 'triage-5d9c', podUid: 'u-1' };
  return createSpans({ telemetry: receiver.telemetry, identity, log });
}

const begin = (start: Partial<CallStart> = {}) =>
  spans.startCall({ command: 'c-1', caller: 'agent', ...start });
const call = (start: Partial<CallStart> = {}) => {
  const span = begin(start);
  span.end({ verb: 'get', resource: 'pods', status: 200 });
  return span;
};

async function sent(): Promise<{ calls: ReceivedSpan[]; commands: ReceivedSpan[] }> {
  await spans.shutdown();
  return {
    calls: receiver.spans.filter((it) => it.name !== 'command'),
    commands: receiver.spans.filter((it) => it.name === 'command'),
  };
}

describe('a call', () => {
  it('is one span with its facts, received by an OTLP receiver', async () => {
    const span = begin();
    span.end({
      auditId: 'a-1',
      method: 'GET',
      path: '/api/v1/namespaces/shop/secrets/web',
      verb: 'get',
      apiGroup: '',
      resource: 'secrets',
      namespace: 'shop',
      name: 'web',
      decision: 'permit',
      rule: 'scope read-web-tls',
      grant: undefined,
      masked: 2,
      reveal: false,
      status: 200,
    });
    span.end({ verb: 'a second end' });
    const { calls } = await sent();
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      name: 'get secrets',
      kind: 2,
      status: 0,
      traceId: span.traceId,
      spanId: span.spanId,
    });
    expect(calls[0]?.attributes).toEqual({
      'chaperone.command': 'c-1',
      'chaperone.caller': 'agent',
      'chaperone.audit_id': 'a-1',
      'http.request.method': 'GET',
      'url.path': '/api/v1/namespaces/shop/secrets/web',
      'chaperone.request.verb': 'get',
      'chaperone.request.api_group': '',
      'chaperone.request.namespace': 'shop',
      'chaperone.request.resource': 'secrets',
      'chaperone.request.name': 'web',
      'chaperone.decision': 'permit',
      'chaperone.rule': 'scope read-web-tls',
      'chaperone.masked_values': 2,
      'chaperone.reveal': false,
      'http.response.status_code': 200,
    });
    expect(calls[0]?.resource).toEqual({
      'deployment.environment.name': 'unit',
      'service.name': 'chaperone-sidecar',
      'chaperone.session': 's-1',
      'k8s.pod.name': 'triage-5d9c',
      'k8s.pod.uid': 'u-1',
    });
    expect(receiver.headers[0]).toMatchObject({ 'x-tenant': 'test' });
  });

  it('is an error only where it failed: a denial is an answer', async () => {
    for (const status of [200, 403, 502]) begin().end({ status });
    const { calls } = await sent();
    expect(calls.map((it) => it.status)).toEqual([0, 0, 2]);
  });

  it('has attributes cut to their bound', async () => {
    begin().end({ userAgent: 'x'.repeat(5000) });
    const { calls } = await sent();
    expect(calls[0]?.attributes['user_agent.original']).toHaveLength(1024);
  });
});

describe('an agent that sends a traceparent', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const spanId = 'b7ad6b7169203331';

  it.each(['00', '01'])(
    'is linked to it and neither parented nor silenced by it (flags %s)',
    async (flags) => {
      call({ traceparent: `00-${traceId}-${spanId}-${flags}` });
      const { calls, commands } = await sent();
      expect(calls).toHaveLength(1);
      expect(calls[0]?.links).toEqual([{ traceId, spanId }]);
      expect(calls[0]?.traceId).not.toBe(traceId);
      expect(calls[0]?.parentSpanId).toBe(commands[0]?.spanId);
    },
  );

  it.each([
    '',
    'x',
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-00`,
  ])('has no link when it is malformed: %j', async (traceparent) => {
    call({ traceparent });
    expect((await sent()).calls[0]?.links).toEqual([]);
  });

  it('is heard whatever OTEL_TRACES_SAMPLER says', async () => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'always_off');
    spans = sending();
    call();
    vi.unstubAllEnvs();
    expect((await sent()).calls).toHaveLength(1);
  });
});

describe('a command', () => {
  it('is the parent of its calls and of no others, and a root of its own', async () => {
    call();
    call();
    call({ command: 'c-2' });
    call({ caller: 'helper' });
    const { calls, commands } = await sent();
    expect(commands).toHaveLength(3);
    expect(new Set(calls.map((it) => it.traceId)).size).toBe(3);
    for (const it of calls) {
      const parent = commands.find((command) => command.spanId === it.parentSpanId);
      expect(parent?.traceId).toBe(it.traceId);
      expect(parent?.attributes['chaperone.command']).toBe(it.attributes['chaperone.command']);
      expect(parent?.attributes['chaperone.caller']).toBe(it.attributes['chaperone.caller']);
    }
    for (const it of commands) expect(it.parentSpanId ?? '').toBe('');
  });

  it('begins no later than its first call and ends with its last one', async () => {
    call();
    const last = call();
    const { calls, commands } = await sent();
    expect(commands[0]?.start).toBeLessThanOrEqual(calls[0]?.start ?? 0n);
    expect(commands[0]?.end).toBe(calls.find((it) => it.spanId === last.spanId)?.end);
  });

  it('ends when it was idle, and not while a call is under way', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const watch = begin();
      const first = call();
      vi.advanceTimersByTime(IDLE_MS * 10);
      expect(call().traceId).toBe(first.traceId);
      watch.end({});
      vi.advanceTimersByTime(IDLE_MS - 1);
      expect(call().traceId).toBe(first.traceId);
      vi.advanceTimersByTime(IDLE_MS);
      expect(call().traceId).not.toBe(first.traceId);
    } finally {
      vi.useRealTimers();
    }
    expect((await sent()).commands).toHaveLength(2);
  });

  it('is not ended by a call that ends twice', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const watch = begin();
      call().end({});
      vi.advanceTimersByTime(IDLE_MS * 10);
      expect(call().traceId).toBe(watch.traceId);
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives way, idle ones first, when too many are open', async () => {
    const busy = begin({ command: 'busy' });
    const idle = call({ command: 'idle' });
    for (let n = 0; n < MAX_OPEN_COMMANDS - 2; n++) call({ command: `other-${n}` });
    call({ command: 'one more' });
    expect(call({ command: 'busy' }).traceId).toBe(busy.traceId);
    expect(call({ command: 'idle' }).traceId).not.toBe(idle.traceId);
  });

  it('that is pushed out while a call is under way ends with that call, once', async () => {
    const all = Array.from({ length: MAX_OPEN_COMMANDS + 1 }, (_, n) => begin({ command: `c-${n}` }));
    for (const it of all) it.end({});
    const { calls, commands } = await sent();
    expect(commands).toHaveLength(all.length);
    expect(commands[0]?.end).toBe(calls[0]?.end);
  });

  it('begins anew after so many calls', async () => {
    const first = call();
    for (let n = 1; n < MAX_COMMAND_CALLS; n++) expect(call().traceId).toBe(first.traceId);
    expect(call().traceId).not.toBe(first.traceId);
  });
});

describe('a receiver in trouble', () => {
  it('costs calls nothing, and no more than the queue is kept', async () => {
    receiver.answer = 'never';
    call();
    await vi.waitFor(() => expect(receiver.headers).toHaveLength(1), { timeout: 5000 });
    const begun = performance.now();
    for (let n = 0; n < MAX_QUEUED_SPANS * 3; n++) call();
    expect((performance.now() - begun) / (MAX_QUEUED_SPANS * 3)).toBeLessThan(1);
    receiver.answer = 200;
    await spans.shutdown();
    expect(receiver.spans).toHaveLength(MAX_QUEUED_SPANS);
  });

  it('is told once, without what was sent, and once when it is over', async () => {
    receiver.answer = 400;
    call();
    await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 5000 });
    call();
    await vi.waitFor(() => expect(receiver.headers.length).toBeGreaterThan(1), { timeout: 5000 });
    receiver.answer = 200;
    call();
    await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 5000 });
    expect(lines.map((it) => JSON.parse(it).message)).toEqual([
      'spans are not reaching the collector',
      'spans are reaching the collector again',
    ]);
  });

  it('does not hold up the end beyond its bound', async () => {
    receiver.answer = 'never';
    call();
    const begun = performance.now();
    await spans.shutdown();
    expect(performance.now() - begun).toBeLessThan(4000);
  });
});

it('makes no span where there is nowhere to send it', async () => {
  const nowhere = { ...receiver.telemetry, tracesUrl: undefined };
  const silent = createSpans({
    telemetry: nowhere,
    identity: { service: 's' },
    log: createLogger({ component: 't' }),
  });
  const span = silent.startCall({ command: 'c' });
  span.end({ status: 200 });
  expect(span.traceId).toBeUndefined();
  await silent.shutdown();
  expect(receiver.headers).toEqual([]);
});
