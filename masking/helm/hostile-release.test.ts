// Releases that were made to be slow, or to break whoever reads them. Each is some kilobytes as it is stored.
import { describe, expect, it } from 'vitest';
import { firstDifference } from './same.ts';
import { release, shownPayload } from './test-releases.ts';

const SECRET = '---\nkind: Secret\nstringData:\n  p: hunter2hunter2\n';
const LINE = 250_000;
const many = <T>(length: number, of: (index: number) => T): T[] => Array.from({ length }, (_, it) => of(it));
const lines = (of: string): string => many(12, (it) => `a${it}: ${of}\n`).join('');
const given = (config: object): object => ({ manifest: SECRET, config });
const nested = (depth: number): object => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

/** Milliseconds of this process. */
function costOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('a release costs what it is long:', () => {
  it.each<[string, object]>([
    ['spaces before the end of a line', { manifest: lines(`b${' '.repeat(LINE)}c `) }],
    ['spaces before no comment', { manifest: lines(`b${' '.repeat(LINE)}c`) }],
    ['a line that is longer than is read', { manifest: `a: b${' '.repeat(3_900_000)}c \n` }],
    ['lines without text in a block', { manifest: `a: |\n  x${'\n'.repeat(90_000)}  y\n` }],
    ['quotes in a list', { manifest: lines(`[${'"'.repeat(LINE + 1)}]`) }],
    ['escapes in a list', { manifest: lines(`[${'"\\'.repeat(LINE / 2)}]`) }],
    [
      'escapes in a text over lines',
      { manifest: `a: "${many(80_000, () => '\\\\'.repeat(20)).join('\n  ')}"\n` },
    ],
    [
      'scalars in a list over lines',
      { manifest: `a: [${many(19_000, () => 'b,'.repeat(100)).join('\n  ')}c]\n` },
    ],
    ['quotes that are not closed', { manifest: '---\na: "\n'.repeat(24_000) }],
    ['words that begin like a tag', { manifest: lines(`&x ${' !aaa-'.repeat(LINE / 6)}`) }],
    ['many documents', { manifest: '---\n'.repeat(900_000) }],
    ['comments between many scalars', { manifest: `${many(20_000, (it) => `k${it}: v # c\n`).join('')}` }],
    [
      'many values of Secrets, and many numbers',
      {
        manifest: `${SECRET}${many(600, (it) => `  k${it}: value-${it * 7919}\n`).join('')}`,
        config: { a: many(40_000, (it) => it) },
      },
    ],
    ['a text of nothing but beginnings', { manifest: SECRET, info: { notes: 'hunter2'.repeat(500_000) } }],
  ])('%s', (_, more) => {
    let outcome: unknown;
    expect(costOf(() => (outcome = shownPayload(release(more))))).toBeLessThan(2000);
    expect(outcome).toMatchObject({ kind: 'masked' });
  });
});

describe('a release is read or unreadable, and never thrown over:', () => {
  it.each<[string, object, string]>([
    ['a long list', { config: { a: many(150_000, () => 'abcdefgh') } }, 'masked'],
    ['many hooks', { hooks: many(150_000, () => ({ name: 'h' })) }, 'masked'],
    ['values that are nested', given(nested(6000)), 'unreadable'],
    ['a chart that is nested', { chart: { metadata: { a: nested(6000) } } }, 'unreadable'],
  ])('%s', (_, more, kind) => {
    expect(shownPayload(release(more))).toMatchObject({ kind });
  });

  it('two that are nested deeply are not the same', () => {
    expect(firstDifference(nested(100_000), nested(100_000))).toMatch(/^a\.a\./);
    expect(firstDifference(nested(150), nested(150))).toBeUndefined();
  });
});
