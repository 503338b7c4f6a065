import { expect, test } from 'vitest';
import { decide } from '../policy/decide.ts';
import { entitlementsOf, policyOf, requestOf } from '../policy/fixtures.ts';
import { createPatterns } from './patterns.ts';
import { createSealing } from './sealing.ts';
import { wallFor } from './wall.ts';

const sealing = createSealing(Buffer.alloc(32, 7));
const keys = { sealing, hash: () => '0'.repeat(64), patterns: createPatterns() };
const rule = { namespaces: ['shop'], apiGroups: [''], verbs: ['list', 'watch'] };
const named = (resourceNames: string[]) => ({
  ...rule,
  resources: ['pods', 'secrets'],
  resourceNames,
  filter: true,
});
const core = '/api/v1/namespaces/shop';

function walled(target: string, given: object, method = 'GET') {
  const policies = [policyOf({ standing: { lifetime: '8h', rules: [given] } })];
  const permit = decide(requestOf(method, target), entitlementsOf({ policies }), 1);
  if (permit.kind === 'refusal') throw new Error(permit.message);
  return wallFor(permit, keys);
}
const wallOf = (target: string, given: object, method?: string) => {
  const result = walled(target, given, method);
  if (result.kind === 'refusal') throw new Error(result.message);
  return result;
};
const secretList = (...names: string[]) => ({
  kind: 'SecretList',
  apiVersion: 'v1',
  metadata: { continue: 'token' },
  items: names.map((name) => ({
    metadata: { name, uid: name },
    type: 'Opaque',
    data: { password: 'aHVudGVyMg==' },
  })),
});

test('nothing is read where nothing is hidden, and Secrets are masked', () => {
  expect(wallOf(`${core}/pods?limit=1`, { ...rule, resources: ['pods'] })).toEqual({
    kind: 'walled',
    tables: true,
    target: `${core}/pods?limit=1`,
    wall: undefined,
  });
  const { wall } = wallOf(`${core}/secrets`, { ...rule, resources: ['secrets'] });
  expect(wall?.body(secretList('web', 'db'))).toMatchObject({ kind: 'masked', count: 2 });
});

test('what is said of a write of Secrets is printed anew', () => {
  const write = { ...rule, resources: ['secrets'], verbs: ['delete'] };
  const { wall } = wallOf(`${core}/secrets/web`, write, 'DELETE');
  const status = { kind: 'Status', status: 'Failure', message: 'it holds hunter2', code: 403 };
  expect(JSON.stringify(wall?.body(status))).not.toContain('hunter2');
  expect(wall?.warning?.('299 - "hunter2"')).toBe(false);
});

test('what is filtered is asked for in its own way, and then masked as well', () => {
  const token = sealing.seal('token', JSON.stringify(['', 'secrets', 'shop']));
  const { target, wall } = wallOf(`${core}/secrets?limit=1&continue=${token}`, named(['web', 'db']));
  expect(target).toBe(`${core}/secrets?limit=500&continue=token`);
  const shown = wall?.body(secretList('vault', 'web'));
  expect(shown).toMatchObject({ count: 1, value: { items: [{ metadata: { name: 'web' } }] } });
  expect(JSON.stringify(shown)).not.toMatch(/vault|aHVudGVyMg|"token"/);
});

test('of one name nothing is read, and there is no page to go on from', () => {
  const one = named(['web']);
  expect(wallOf(`${core}/pods?limit=1`, one)).toEqual({
    kind: 'walled',
    tables: true,
    target: `${core}/pods?limit=1&fieldSelector=metadata.name%3Dweb`,
    wall: undefined,
  });
  const token = sealing.seal('token', JSON.stringify(['', 'pods', 'shop']));
  expect(walled(`${core}/pods?continue=${token}`, one)).toMatchObject({
    code: 'ContinueUnknown',
    httpStatus: 410,
  });
});

test('a continue of another list, or of nobody, is refused', () => {
  const elsewhere = sealing.seal('token', JSON.stringify(['', 'pods', 'other']));
  for (const token of [elsewhere, 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ'])
    expect(walled(`${core}/pods?continue=${token}`, named(['web', 'db']))).toMatchObject({
      code: 'ContinueUnknown',
      reason: 'Expired',
    });
});
