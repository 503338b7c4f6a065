// The largest of the bodies that cost most to read and print again, in a process of its own whose heap is bounded like a
// sidecar's (charts/chaperone).
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { MAX_BODY_BYTES } from './body.ts';

const HEAP = ['--max-semi-space-size=1', '--max-old-space-size=96'];
const MAX_GROWN_MIB = 80;
const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const CHECK_STDIN = `
  const { readFileSync } = await import('node:fs');
  const { checkWriteBody } = await import(${url('./write-body.ts')});
  const { readApiRequest } = await import(${url('../policy/api-request.ts')});
  const request = readApiRequest('PATCH', '/api/v1/namespaces/shop/configmaps/a');
  const body = readFileSync(0);
  const peakMib = () => process.resourceUsage().maxRSS / 1024;
  const before = peakMib();
  const { kind, code } = checkWriteBody(body, 'application/apply-patch+yaml', { request, unmasked: false });
  console.log(JSON.stringify({ outcome: code ?? kind, grownMib: peakMib() - before }));`;

const room = MAX_BODY_BYTES - 100;
const filled = (text: string) => `"${text.repeat(room / Buffer.byteLength(text))}"`;
const listed = (count: number, text: string) => `[${Array(count).fill(text).join(',')}]`;

test.each([
  ['what is escaped for YAML', filled('\x7f'), 'TooLarge'],
  [
    'what just fits when it is escaped',
    filled('aaaaaa\x7f')
      .slice(0, room / 2)
      .concat('"'),
    'checked',
  ],
  ['spaced text', filled('a '), 'checked'],
  ['wide characters', filled('\u4e2d'), 'checked'],
  ['numbers as they are written', listed(249_000, '1.0'), 'checked'],
  ['small objects', listed(83_000, '{"a":0}'), 'checked'],
])('a body of %s costs no more than a sidecar has', (_, data, outcome) => {
  const input = `{"data":${data}}`;
  const said = execFileSync(process.execPath, [...HEAP, '--input-type=module', '-e', CHECK_STDIN], { input });
  const { grownMib, ...checked } = JSON.parse(said.toString());
  expect(checked).toEqual({ outcome });
  expect(grownMib).toBeLessThan(MAX_GROWN_MIB);
});
