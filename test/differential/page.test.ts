// docs/requests-refused.md says what the table says; its counts are those of the run that it names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REASONS } from './reasons.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/requests-refused.md'), 'utf8');
const rows = [...page.matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm)];

test('docs/requests-refused.md has every reason, in the words of the table', () => {
  expect(Object.fromEntries(rows.map(([, , reason, why]) => [reason, why]))).toEqual(REASONS);
});

test('its counts add up to the requests that it tells of', () => {
  const sum = (counts: readonly (string | undefined)[]) =>
    counts.reduce((total, count) => total + Number(count), 0);
  const alone = /^- (\d+) are refused by chaperone alone/m.exec(page)?.[1];
  expect(sum(rows.map(([, count]) => count))).toBe(Number(alone));
  const verdicts = [...page.matchAll(/(?:^- |; )(\d+) (?:are|the)/gm)].map(([, count]) => count);
  expect(sum(verdicts)).toBe(100_000);
});
