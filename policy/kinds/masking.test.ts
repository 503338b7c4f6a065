import { describe, expect, test } from 'vitest';
import { policyOf } from '../fixtures.ts';
import { hidesMore, MAX_PATTERNS } from './masking.ts';
import { parseAgentPolicy } from './parse.ts';

const parse = (masking: unknown) =>
  parseAgentPolicy({ ...policyOf(), spec: { ...policyOf().spec, masking } });
const pattern = (of: string, name = 'door-pin') => ({ patterns: [{ name, pattern: of }] });

test('a policy hides well-known shapes, its own patterns, or exempts releases', () => {
  expect(parse(undefined).kind).toBe('valid');
  expect(parse({ wellKnown: true, ...pattern('(?i)pin[=:] ?(?P<hide>[0-9]+)') }).kind).toBe('valid');
  expect(parse({ releases: [{ namespace: 'shop', name: 'web.v2' }] }).kind).toBe('valid');
});

describe('is refused, by its field', () => {
  test.each<[string, object, string, RegExp]>([
    ['nothing', {}, '', /hides and exempts nothing/],
    ['a switch that is off', { wellKnown: false }, '.wellKnown', /./],
    ['a field that is not known', { wellKnown: true, fields: [] }, '.fields', /is not a field/],
    ['no patterns', { patterns: [] }, '.patterns', /./],
    [
      'a name twice',
      { patterns: [...pattern('a').patterns, ...pattern('b').patterns] },
      '.patterns',
      /has a name twice/,
    ],
    ['a name that is none', pattern('a', 'Door PIN'), '.patterns[0].name', /DNS-1123 label/],
    ['a pattern too long', pattern('a'.repeat(513)), '.patterns[0].pattern', /./],
    [
      'too many',
      { patterns: Array.from({ length: MAX_PATTERNS + 1 }, (_, at) => ({ name: `a${at}`, pattern: 'a' })) },
      '.patterns',
      /./,
    ],
    ['what does not compile', pattern('a('), '.patterns[0].pattern', /is no regular expression of RE2: .*\)/],
    ['what RE2 has not', pattern('(a)\\1'), '.patterns[0].pattern', /is no regular expression of RE2/],
    ['a look behind', pattern('(?<=a)b'), '.patterns[0].pattern', /is no regular expression of RE2/],
    ['what matches the empty text', pattern('a*'), '.patterns[0].pattern', /matches the empty text/],
    ['what matches nothing at a word', pattern('\\b'), '.patterns[0].pattern', /matches the empty text/],
    ['or beside something', pattern('(?:x|\\b)'), '.patterns[0].pattern', /matches the empty text/],
    ['a line break', pattern('a\\nb'), '.patterns[0].pattern', /holds a line break/],
    ['a line break in hex', pattern('a\\x0Ab|c'), '.patterns[0].pattern', /holds a line break/],
    ['what is too large', pattern('(?:[a-z]{100}[0-9]{100}){6}'), '.patterns[0].pattern', /instructions/],
    [
      'a release without a namespace',
      { releases: [{ name: 'web' }] },
      '.releases[0].namespace',
      /is missing/,
    ],
    [
      'a release twice',
      {
        releases: [
          { namespace: 'a', name: 'web' },
          { name: 'web', namespace: 'a' },
        ],
      },
      '.releases',
      /has a release twice/,
    ],
  ])('%s', (_name, masking, field, why) => {
    const parsed = parse(masking);
    expect(parsed).toMatchObject({
      kind: 'invalid',
      field: `spec.masking${field}`,
      why: expect.stringMatching(why),
    });
    if (parsed.kind === 'invalid') expect(parsed.why).toMatch(/^[\x20-\x7e]{1,300}$/);
  });
});

test('a class may hold a line break, for it has others', () => {
  for (const of of ['a[^\\n]+', '[\\]\\n]b', 'a\\\\n', '\\s+b'])
    expect(parse(pattern(of)).kind, of).toBe('valid');
});

test('more is hidden by a pattern that is new or changed, or where a release is no longer exempt', () => {
  const releases = [{ namespace: 'shop', name: 'web' }];
  const more: [object | undefined, object | undefined][] = [
    [{ wellKnown: true }, undefined],
    [pattern('a'), undefined],
    [pattern('b'), pattern('a')],
    [{ wellKnown: true }, { releases }],
  ];
  for (const [now, then] of more) {
    expect(hidesMore(now, then)).toBe(true);
    expect(hidesMore(now, now)).toBe(false);
  }
  expect(hidesMore(pattern('a', 'other'), pattern('a'))).toBe(false);
  expect(hidesMore(undefined, { wellKnown: true, ...pattern('a') })).toBe(false);
  expect(
    hidesMore(pattern('a'), { patterns: [...pattern('b', 'b').patterns, ...pattern('a').patterns] }),
  ).toBe(false);
});
