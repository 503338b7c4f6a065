// What a long list of Secrets, and a bomb among them, cost while they are masked, in a process of its own whose heap is bounded
// like a sidecar's (charts/chaperone).
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const HEAP = ['--max-semi-space-size=1', '--max-old-space-size=96'];
const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
/** It comes in pieces, as from a socket, so that nobody but the masker holds what has come. */
const MASK = `
  const { createMasker } = await import(${url('../masking/masker.ts')});
  const { secretsMasked } = await import(${url('../masking/body.ts')});
  const { keyedHash } = await import(${url('./keyed-hash.ts')});
  const { listInPieces } = await import(${url('./test-secret-lists.ts')});
  const wall = secretsMasked({ hash: keyedHash(Buffer.alloc(32)), reveal: false });
  const run = (bytes, valueBytes) => {
    const masker = createMasker({ watch: false, hold: () => true, ...wall });
    let sent = 0;
    for (const piece of listInPieces(bytes, valueBytes)) {
      sent += piece.length;
      const step = masker.write(piece);
      if (step.kind !== 'masked') return { sent, outcome: step };
    }
    return { sent, outcome: masker.end() };
  };
  const [bytes, valueBytes] = JSON.parse(process.argv[1]);
  run(200_000, valueBytes);
  const peak = () => process.resourceUsage().maxRSS * 1024;
  const before = peak();
  const { sent, outcome } = run(bytes, valueBytes);
  const grown = peak() - before;
  const shown = outcome.kind === 'masked' ? outcome.chunks.reduce((sum, it) => sum + it.length, 0) : 0;
  console.log(JSON.stringify({ sent, shown, grown, kind: outcome.kind, why: outcome.why }));`;

interface Said {
  readonly sent: number;
  readonly shown: number;
  readonly grown: number;
  readonly kind: string;
}

function masked(bytes: number, valueBytes: number): Said {
  const args = [...HEAP, '--input-type=module', '-e', MASK, JSON.stringify([bytes, valueBytes])];
  return JSON.parse(execFileSync(process.execPath, args).toString()) as Said;
}

test.each([180, 1800, 50_000])(
  '5 MB of Secrets with values of %i bytes cost less than three times that',
  (valueBytes) => {
    const { sent, shown, grown, kind } = masked(5_000_000, valueBytes);
    expect(kind).toBe('masked');
    expect(sent).toBeGreaterThanOrEqual(5_000_000);
    expect(shown).toBeGreaterThan(1);
    expect(grown).toBeLessThan(3 * sent);
  },
);

/** Of few bytes, and read as many values: each alone would end a sidecar, were it read. */
const BOMB = `
  const { createMasker } = await import(${url('../masking/masker.ts')});
  const { secretsMasked } = await import(${url('../masking/body.ts')});
  const { keyedHash } = await import(${url('./keyed-hash.ts')});
  const wall = secretsMasked({ hash: keyedHash(Buffer.alloc(32)), reveal: false });
  const [watch, head, text, count, tail] = JSON.parse(process.argv[1]);
  const masker = createMasker({ watch, hold: () => true, ...wall });
  const pieces = [head, ...Array(Math.ceil(count / 1000)).fill(text.repeat(1000)), tail];
  for (const piece of pieces) masker.write(Buffer.from(piece));
  const { kind, why } = masker.end();
  console.log(JSON.stringify({ kind, why }));`;
const OBJECT = '"kind":"Secret","apiVersion":"v1","metadata":{"name":"a","uid":"u","resourceVersion":"7"}';
const LIST = '"kind":"SecretList","apiVersion":"v1","metadata":{},"items"';

test.each<[string, [boolean, string, string, number, string], string]>([
  ['a Secret', [false, `{${OBJECT},"data":{"a":[`, '[],', 5_000_000, '0]}}'], 'the body'],
  [
    'a Secret in a list',
    [false, `{${LIST}:[{"data":{"a":[`, '{},', 5_000_000, '0]}}]}'],
    'an object of the body',
  ],
  [
    'an event',
    [true, `{"type":"ADDED","object":{${OBJECT},"data":{"a":[`, '[],', 1_300_000, '0]}}}\n'],
    'an event',
  ],
])('%s of millions of empty values is unreadable, and ends nothing', (_, parts, what) => {
  const args = [...HEAP, '--input-type=module', '-e', BOMB, JSON.stringify(parts)];
  const said: unknown = JSON.parse(execFileSync(process.execPath, args).toString());
  expect(said).toEqual({ kind: 'unreadable', why: `${what} has more than 250000 values` });
});
