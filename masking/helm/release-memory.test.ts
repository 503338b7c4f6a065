// Releases that are small where they are stored and large where they are read, in a process of its own whose heap is bounded
// like a sidecar's (charts/chaperone).
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const HEAP = ['--max-semi-space-size=1', '--max-old-space-size=96'];
const fixture = JSON.stringify(new URL('./test-releases.ts', import.meta.url).href);
const PRELUDE = `
  const { shownPayload, release } = await import(${fixture});
  const SECRET = '---\\nkind: Secret\\nstringData:\\n  p: hunter2hunter2\\n';
  const many = (length, of) => Array.from({ length }, (_, it) => of(it));
  const show = (more) => console.log(shownPayload(release(more)).kind);`;

test.each([
  ['texts of many forms', `{ manifest: SECRET, config: many(45_000, (it) => 'a"&+ é' + it) }`],
  ['more lines than are read', `{ manifest: SECRET + '---\\n'.repeat(900_000) }`],
  ['lines of many dashes', `{ manifest: SECRET + '---\\n' + ('- '.repeat(62) + 'a\\n').repeat(33_000) }`],
  ['one large value', `{ manifest: SECRET + '  q: ' + '€'.repeat(1_380_000) + '\\n' }`],
  [
    'one value of marks',
    `{ manifest: SECRET + ('  q: ' + '<'.repeat(250_000) + '\\n').repeat(12).replace(/q/g, (_, at) => 'q' + at) }`,
  ],
  ['one large text that was given', `{ manifest: SECRET, config: { a: '€'.repeat(1_380_000) } }`],
  ['a text of lines that was given', `{ manifest: SECRET, config: { a: '\\n'.repeat(3_900_000 / 2) } }`],
  [
    'a list of many words over lines',
    `{ manifest: SECRET + '---\\na: [' + 'b c\\n  '.repeat(80_000) + 'd]\\n' }`,
  ],
  [
    'a quoted text of many escapes',
    `{ manifest: SECRET + '---\\na: "' + '\\\\x41'.repeat(60_000) + '"\\n' }`,
  ],
  ['brackets within each other', `{ manifest: SECRET + '---\\na: ' + '['.repeat(250_000) + '\\n' }`],
  [
    'scalars of many pieces',
    `{ manifest: SECRET + '---\\n' + many(90_000, (it) => 'k' + it + ': a/b:c=d;e@' + it).join('\\n') }`,
  ],
])('a release of %s is read', (_, more) => {
  const args = [...HEAP, '--input-type=module', '-e', `${PRELUDE}\nshow(${more});`];
  expect(execFileSync(process.execPath, args).toString()).toBe('masked\n');
});
