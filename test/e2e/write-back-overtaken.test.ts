// Secrets that others write while an agent's write is on its way: it is judged again, or is the conflict that it is.
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { type Json, refusalOf } from '../adversarial/answers.ts';
import { govern } from '../adversarial/governed.ts';
import { answering, startMisbehavingServer } from '../adversarial/misbehaving-server.ts';
import { widely } from '../adversarial/widely.ts';
import { base64, entitle, openStage, PATCH, saved } from './write-back-stage.ts';

const {
  asAdmin,
  cluster,
  created,
  governed,
  kubectl,
  merge,
  namespace,
  now,
  operate,
  records,
  secret,
  send,
  shown,
  stored,
  VALUES,
} = await openStage('write-back-overtaken');

describe('while others write', () => {
  const touch = () =>
    asAdmin(
      'PATCH',
      { metadata: { annotations: { touched: `${performance.now()}` } } },
      { type: PATCH.merge },
    );
  const onceOnly = (what: () => Promise<unknown>) => async () => {
    now.meanwhile = async () => undefined;
    await what();
  };
  const label = { metadata: { labels: { seen: 'yes' } } };

  test('a write that was overtaken is judged again and made once, as one call', async () => {
    await created();
    await governed.arrived();
    records.length = 0;
    now.meanwhile = onceOnly(touch);
    const labels = await merge(label);
    expect(labels.status).toBe(200);
    expect((await stored()).metadata.labels.seen).toBe('yes');
    const id = labels.headers['audit-id'];
    const ofAgent = (await governed.arrived()).filter(({ auditID }) => auditID.startsWith(String(id)));
    expect(
      ofAgent.map(({ auditID, verb, responseStatus }: Json) => [auditID, verb, responseStatus.code]),
    ).toEqual([
      [`${id}.1`, 'get', 200],
      [id, 'patch', 409],
      [`${id}.2`, 'get', 200],
      [id, 'patch', 200],
    ]);
    expect(records).toMatchObject([{ auditId: id, decision: 'permit', putBack: 0 }]);
  });

  test('what its sentinels stood for is then not known any more', async () => {
    await created();
    const { data } = await shown();
    now.meanwhile = onceOnly(touch);
    expect(refusalOf(await merge({ ...label, data }))).toBe('403 SentinelStale');
    expect((await stored()).data).toEqual(VALUES);
  });

  test('a write that names its version is a conflict, as without chaperone', async () => {
    await created();
    const it = await shown();
    now.meanwhile = onceOnly(touch);
    for (const when of ['overtaken', 'late']) {
      const lost = await send('PUT', it);
      expect([refusalOf(lost), lost.json().reason], when).toEqual(['409 ObjectChanged', 'Conflict']);
    }
    // kubectl sends data before metadata.
    expect((await kubectl(['replace', '-f', '-'], it)).stderr).toMatch(/^Error from server \(Conflict\)/);
    expect((await stored()).data).toEqual(VALUES);
  });

  test('what is made while a write finds nothing there is not written over', async () => {
    const guess = { password: base64('guess') };
    now.meanwhile = onceOnly(created);
    const applied = await send('PATCH', secret(guess), { type: PATCH.apply, query: '?fieldManager=a' });
    expect(refusalOf(applied)).toBe('403 HiddenOverwritten');
    await asAdmin('DELETE', {});
    now.meanwhile = onceOnly(created);
    const tested = await operate({ op: 'test', path: '/data/password', value: guess.password });
    expect(refusalOf(tested)).toBe('403 HiddenOverwritten');
    expect((await stored()).data).toEqual(VALUES);
  });

  test('what is deleted meanwhile is not made again of what was hidden', async () => {
    await created();
    const it = saved(await shown());
    now.meanwhile = onceOnly(() => asAdmin('DELETE', {}));
    const applied = await send('PATCH', it, { type: PATCH.apply, query: '?fieldManager=a' });
    expect(refusalOf(applied)).toBe('403 SentinelInWrite');
    expect((await stored()).reason).toBe('NotFound');
  });
});

test('a conflict that is about something else is for the agent to read', async () => {
  const applying = (of: string, manager: string) =>
    send(
      'PATCH',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: now.name, labels: { of } } },
      { type: PATCH.apply, query: `?fieldManager=${manager}` },
    );
  expect((await applying('one', 'one')).status).toBe(201);
  await governed.arrived();
  const conflict = await applying('other', 'other');
  expect([conflict.status, conflict.json().reason]).toEqual([409, 'Conflict']);
  const calls = (await governed.arrived()).map(({ verb, responseStatus }: Json) => [
    verb,
    responseStatus.code,
  ]);
  expect(calls).toEqual([
    ['get', 200],
    ['patch', 409],
    ['get', 200],
  ]);
});

describe('with an API server that misbehaves', () => {
  /** As it is after so many others have written to it. */
  const object = (writes: number) =>
    JSON.stringify({
      ...secret({}),
      metadata: { name: now.name, namespace, uid: 'u', resourceVersion: `${7 + writes}` },
    });
  const conflict = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Conflict',
    code: 409,
    metadata: {},
  });
  const json = { 'content-type': 'application/json' };
  const gone = answering('404 Not Found', json, '{}');
  const label = { metadata: { labels: { seen: 'yes' } } };

  test('a write that is overtaken again and again is a conflict of our words in the end, and one whose permit ends is cut', async () => {
    await using server = await startMisbehavingServer();
    await using behind = await govern(cluster, 'overtaken', { apiServer: server.apiServer });
    entitle(behind);
    const write = () =>
      behind.agent.call('h2', {
        method: 'PATCH',
        path: `/api/v1/namespaces/${behind.namespace}/secrets/${now.name}`,
        headers: { 'content-type': PATCH.merge },
        body: JSON.stringify(label),
      });
    const made = () => server.heads.map((head) => head.split(' ', 1)[0]);
    // Written to by others; or made by them and deleted again, each time before it is read.
    for (const found of [() => answering('200 OK', json, object(made().length)), () => gone]) {
      server.heads.length = 0;
      server.behave((socket, requests) => {
        const answer = made().at(-1) === 'GET' ? found() : answering('409 Conflict', json, conflict);
        answer(socket, requests);
      });
      const lost = await write();
      expect([refusalOf(lost), lost.json().reason]).toEqual(['409 ObjectChanged', 'Conflict']);
      expect(made()).toEqual([...Array(6).fill(['GET', 'PATCH']).flat(), 'GET']);
    }
    expect(behind.records).toHaveLength(2);

    server.heads.length = 0;
    const { promise: reading, resolve } = Promise.withResolvers<TLSSocket>();
    server.behave(resolve);
    const answered = write();
    const closed = once(await reading, 'close');
    behind.entitle({ rules: widely('elsewhere') });
    expect(refusalOf(await answered)).toBe('403 NoRule');
    await closed;
    expect(made()).toEqual(['GET']);
  });
});
