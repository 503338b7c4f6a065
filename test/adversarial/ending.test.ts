// A stream lives no longer than its permit: what was promised to end ends, in order by the monotonic clock, with a word to
// the client, and nothing comes after.
import { afterAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import type { Clock } from '../../sidecar/monotonic.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { AGENT_IMAGE } from '../cluster/images.ts';
import { create, ok, pod, untilReady } from '../cluster/pods.ts';
import { PROTOCOLS, type Protocol } from './agent.ts';
import { refusalOf, type Streamed } from './answers.ts';
import { govern, monotonicMs } from './governed.ts';
import { widely } from './widely.ts';

const cluster = await suiteCluster();
let sleptMs = 0;
const clock: Clock = { monotonicMs, wallMs: () => Date.now() + sleptMs };
const governed = await govern(cluster, 'ending', { clock });
const { agent, namespace } = governed;
afterAll(() => governed[Symbol.asyncDispose]());

const core = `/api/v1/namespaces/${namespace}`;
const NOTHING_TO_SEE: Rule[] = [
  { namespaces: [namespace], apiGroups: [''], resources: ['services'], verbs: ['get'] },
];
/** A Grant alone carries the stream. */
const grant = (resource: string, remainingMs: number) =>
  governed.entitle({
    rules: NOTHING_TO_SEE,
    grants: [
      {
        name: 'look',
        remainingMs,
        rule: {
          namespaces: [namespace],
          apiGroups: [''],
          resources: [resource],
          verbs: ['get', 'list', 'watch'],
        },
      },
    ],
  });
const touch = (name: string) => ok(cluster.kubectl(['create', 'configmap', name, '-n', namespace]));
const watch = (protocol: Protocol, resource = 'configmaps', headers = {}) =>
  agent.stream(protocol, { path: `${core}/${resource}?watch=1`, headers });
const lastEvent = (streamed: Streamed) => JSON.parse(streamed.text().trimEnd().split('\n').at(-1) ?? '');
const causeOf = (event: { object: { details: { causes: { reason: string }[] } } }) =>
  event.object.details.causes[0]?.reason;

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test.each(['configmaps', 'secrets'])(
    'a watch of %s ends with its Grant, by a 403 ERROR event, and not before',
    async (resource) => {
      const lifeMs = 800;
      const entitledMs = monotonicMs();
      grant(resource, lifeMs);
      const open = await watch(protocol, resource);
      expect(open.status).toBe(200);
      const { how, atMs } = await open.end;
      expect(how).toBe('complete');
      expect(atMs).toBeGreaterThanOrEqual(entitledMs + lifeMs);
      expect(atMs).toBeLessThan(entitledMs + lifeMs + 1000);
      expect(lastEvent(open)).toMatchObject({
        type: 'ERROR',
        object: { kind: 'Status', code: 403, reason: 'Forbidden' },
      });
      expect(causeOf(lastEvent(open))).toBe('GrantEnded');
      expect(refusalOf(await agent.call(protocol, { path: `${core}/${resource}` }))).toBe('403 GrantEnded');
      await cluster.audit.until(
        ({ auditID, stage }) => auditID === open.headers['audit-id'] && stage === 'ResponseComplete',
        'the end of the watch',
      );
      expect(governed.ended.findLast(({ verb }) => verb === 'watch')).toMatchObject({
        refusal: 'GrantEnded',
        status: 200,
      });
    },
  );

  test('a watch is cut at once when its rule is revoked, and shows nothing of what comes after', async () => {
    governed.entitle({ rules: widely(namespace) });
    const open = await watch(protocol);
    await touch(`before-${protocol}`);
    await open.until(new RegExp(`before-${protocol}`));
    const revokedMs = monotonicMs();
    governed.entitle({ rules: NOTHING_TO_SEE });
    await touch(`after-${protocol}`);
    const { how, atMs } = await open.end;
    expect(how).toBe('complete');
    expect(atMs - revokedMs).toBeLessThan(1000);
    expect(open.text()).not.toContain(`after-${protocol}`);
    expect(causeOf(lastEvent(open))).toBe('NoRule');
  });

  test('a watch goes on where another rule still carries it', async () => {
    governed.entitle({ rules: widely(namespace), standingMs: 500 });
    const open = await watch(protocol);
    governed.entitle({ rules: widely(namespace) });
    const entitledMs = monotonicMs();
    await touch(`renewed-${protocol}`);
    await open.until(new RegExp(`renewed-${protocol}`));
    await expect.poll(() => monotonicMs() - entitledMs, { timeout: 5000 }).toBeGreaterThan(700);
    await touch(`later-${protocol}`);
    await open.until(new RegExp(`later-${protocol}`));
    open.abort();
  });

  test('a watch ends with the lease, and with clocks that part as after a sleep', async () => {
    governed.entitle({ rules: widely(namespace), leaseMs: 600 });
    const entitledMs = monotonicMs();
    const leased = await watch(protocol);
    const { atMs } = await leased.end;
    expect(atMs).toBeGreaterThanOrEqual(entitledMs + 600);
    expect(lastEvent(leased)).toMatchObject({ type: 'ERROR', object: { code: 503 } });
    expect(causeOf(lastEvent(leased))).toBe('StaleLease');

    governed.entitle({ rules: widely(namespace) });
    const asleep = await watch(protocol);
    const sleptAtMs = monotonicMs();
    sleptMs += 3_600_000;
    expect((await asleep.end).atMs - sleptAtMs).toBeLessThan(2500);
    expect(causeOf(lastEvent(asleep))).toBe('StaleLease');
    governed.entitle({ rules: widely(namespace) });
  });

  test('a watch in protobuf is broken off: its client asks again and is told then', async () => {
    grant('configmaps', 600);
    const open = await watch(protocol, 'configmaps', {
      accept: 'application/vnd.kubernetes.protobuf;stream=watch',
    });
    expect(open.headers['content-type']).toContain('protobuf');
    expect((await open.end).how).toBe('broken off');
  });

  test('a call that still waits for its answer is refused when its permit ends', async () => {
    grant('configmaps', 600);
    // The API server holds a list until its cache has seen such a version, and there will be none: three seconds.
    const far = `${core}/configmaps?resourceVersion=99999999&resourceVersionMatch=NotOlderThan`;
    const startedMs = monotonicMs();
    expect(refusalOf(await agent.call(protocol, { path: far }))).toBe('403 GrantEnded');
    expect(monotonicMs() - startedMs).toBeLessThan(2000);
  });

  test('the head of a watch comes before its first event, the first event before a second', async () => {
    governed.entitle({ rules: widely(namespace) });
    const openedMs = monotonicMs();
    const open = await agent.stream(protocol, { path: `${core}/services?watch=1&timeoutSeconds=30` });
    expect(open.headAtMs - openedMs).toBeLessThan(5000);
    expect(open.text()).toBe('');
    await ok(
      cluster.kubectl(['create', 'service', 'clusterip', `at-once-${protocol}`, '--tcp=80', '-n', namespace]),
    );
    await open.until(new RegExp(`"type":"ADDED".*at-once-${protocol}.*\\n`));
    open.abort();
  });
});

test('a followed log ends when its rule is revoked', async () => {
  const says = {
    image: AGENT_IMAGE,
    args: ['-c', 'i=0; while true; do i=$((i+1)); echo line $i; sleep 0.05; done'],
  };
  await create(cluster, pod(namespace, 'talker', says));
  await untilReady(cluster, namespace, 'talker');
  for (const protocol of PROTOCOLS) {
    grant('pods/log', 60_000);
    const open = await agent.stream(protocol, { path: `${core}/pods/talker/log?follow=true` });
    await open.until(/line 3\n/);
    const revokedMs = monotonicMs();
    governed.entitle({ rules: NOTHING_TO_SEE });
    const { how, atMs } = await open.end;
    expect(how).toBe('complete');
    expect(atMs - revokedMs).toBeLessThan(1000);
  }
});

test.each(PROTOCOLS)(
  'at the end of the sidecar a call under way over %s finishes and no new one is taken',
  async (protocol) => {
    await using leaving = await govern(cluster, 'drain');
    const path = `/api/v1/namespaces/${leaving.namespace}/configmaps?watch=1`;
    const brief = await leaving.agent.stream(protocol, { path: `${path}&timeoutSeconds=1` });
    const stoppedMs = monotonicMs();
    const stopped = leaving.stop(20_000);
    await expect(leaving.agent.connect()).rejects.toThrow('ECONNREFUSED');
    expect((await brief.end).how).toBe('complete');
    expect(brief.text()).not.toContain('ERROR');
    await stopped;
    expect(monotonicMs() - stoppedMs).toBeLessThan(10_000);
  },
);

test.each(PROTOCOLS)('what does not end by itself over %s is cut with a word', async (protocol) => {
  await using leaving = await govern(cluster, 'drain');
  const path = `/api/v1/namespaces/${leaving.namespace}/configmaps?watch=1`;
  const endless = await leaving.agent.stream(protocol, { path });
  await leaving.stop(300);
  expect((await endless.end).how).toBe('complete');
  expect(causeOf(lastEvent(endless))).toBe('Draining');
});
