import { expect, test } from 'vitest';
import { readJson } from '../json.ts';
import { testHash } from '../test-bodies.ts';
import { compilePatterns } from './compile.ts';
import { puttingTextsBack } from './put-back.ts';
import type { Json } from './test-objects.ts';
import { textsHidden } from './wall.ts';

const hash = testHash('pod');
const patterns = compilePatterns({ patterns: [{ name: 'card', pattern: '\\b[0-9]{16}\\b' }] });
const wall = textsHidden({ hash, patterns, behindSecrets: false });
const read = (spec: string): Json => {
  const metadata = '{"name":"web","uid":"u1","resourceVersion":"7"}';
  const outcome = readJson(
    `{"apiVersion":"a.example/v1","kind":"Door","metadata":${metadata},"spec":${spec}}`,
  );
  if (outcome.kind === 'unreadable') throw new Error(outcome.why);
  return outcome.value;
};

test('a number is a number however large it is: no text in it is looked for, and it is written as it was shown', () => {
  const spec = '{"card":9999999999999999,"small":4111111111111111,"text":"4111111111111111"}';
  const live = read(spec);
  const shown = wall.body(live) as { readonly value: Json; readonly count: number };
  expect(shown.count).toBe(1);
  expect(JSON.stringify(shown.value)).toContain(
    '"card":9999999999999999,"small":4111111111111111,"text":"ch',
  );
  const write = { form: 'object', value: shown.value, dryRun: false, force: false } as const;
  const put = puttingTextsBack({ hash, patterns })(write, live);
  expect(put.kind === 'putBack' && JSON.stringify((put.value as Json).spec)).toBe(spec);
});
