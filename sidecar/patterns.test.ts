import { expect, test } from 'vitest';
import { decide, type Permit } from '../policy/decide.ts';
import { entitlementsOf, policyOf, requestOf } from '../policy/fixtures.ts';
import { createPatterns } from './patterns.ts';
import { createSealing } from './sealing.ts';
import { wallFor } from './wall.ts';

const core = '/api/v1/namespaces/shop';
function permitOf(masking: object | undefined, target = `${core}/pods`): Permit {
  const permit = decide(requestOf('GET', target), entitlementsOf({ policies: [policyOf({ masking })] }), 1);
  if (permit.kind === 'refusal') throw new Error(permit.message);
  return permit;
}
const pin = (name: string) => ({ patterns: [{ name, pattern: 'pin=[0-9]+' }] });

test('a policy without patterns has none, and neither has what is no resource', async () => {
  const patterns = createPatterns();
  const releases = { releases: [{ namespace: 'shop', name: 'web' }] };
  for (const permit of [permitOf(undefined), permitOf(releases), permitOf({ wellKnown: true }, '/version')]) {
    await patterns.ready(permit);
    expect(patterns.of(permit)).toBeUndefined();
  }
});

test('they are compiled once for as long as they stay the same, and while they change for both', async () => {
  const patterns = createPatterns();
  const [one, two, three] = [permitOf(pin('a')), permitOf(pin('b')), permitOf(pin('c'))];
  await patterns.ready(one);
  const first = patterns.of(one);
  expect(patterns.of(permitOf(pin('a')))).toBe(first);
  expect(patterns.of(two)).not.toBe(first);
  expect(patterns.of(one)).toBe(first);
  patterns.of(two);
  patterns.of(three);
  expect(patterns.of(one)).not.toBe(first);
});

test('a pattern that does not compile shows nothing: it throws', async () => {
  const patterns = createPatterns();
  const permit = permitOf(pin('a'));
  await patterns.ready(permit);
  const broken = { ...permit, masking: { patterns: [{ name: 'a', pattern: '(' }] } };
  expect(() => patterns.of(broken)).toThrow('the pattern a is no regular expression');
});

test('only a log is read as text, and one that was cut is known to be', async () => {
  const patterns = createPatterns();
  const keys = { sealing: createSealing(Buffer.alloc(32, 7)), hash: () => '0'.repeat(64), patterns };
  const wallOf = async (target: string) => {
    const permit = permitOf(pin('a'), target);
    await patterns.ready(permit);
    const walled = wallFor(permit, keys);
    return walled.kind === 'walled' ? walled.wall : undefined;
  };
  expect((await wallOf(`${core}/pods/web`))?.text).toBeUndefined();
  for (const [query, shown] of [
    ['', 'a'],
    ['?limitBytes=1', '(hidden by chaperone: cut line)'],
  ] as const) {
    const masker = (await wallOf(`${core}/pods/web/log${query}`))?.text?.(() => true);
    masker?.write(Buffer.from('a'));
    const end = masker?.end();
    expect(end?.kind === 'masked' && Buffer.concat(end.chunks).toString()).toBe(shown);
  }
});
