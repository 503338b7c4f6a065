import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HeldPolicy, MAX_GRANTS, Snapshot } from '../policy/snapshot.ts';
import { MAX_LINE_BYTES, printLine, readLines } from './lines.ts';

/** Cuts bytes at the given places (in any order, taken modulo the length). */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.slice(at[index], end));
}

describe('readLines', () => {
  test('gives back every message, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat()), (messages, places) => {
        const bytes = Buffer.concat(messages.map(printLine));
        const read = readLines();
        const lines = cut(bytes, places).flatMap(read);
        expect(lines).toEqual(messages.map((message) => ({ kind: 'line', text: JSON.stringify(message) })));
      }),
    );
  });

  test('gives back a message of many-byte characters cut at every byte', () => {
    const read = readLines();
    const lines = [...printLine({ name: 'žluťoučký 🐎\n' })].flatMap((byte) => read(Uint8Array.of(byte)));
    expect(lines).toEqual([{ kind: 'line', text: '{"name":"žluťoučký 🐎\\n"}' }]);
  });

  test('does not depend on the buffer of a chunk after it was read', () => {
    const read = readLines();
    const buffer = Buffer.from('[1');
    read(buffer);
    buffer.fill('x');
    expect(read(Buffer.from(']\n'))).toEqual([{ kind: 'line', text: '[1]' }]);
  });

  test('takes a line of exactly the bound', () => {
    expect(readLines(4)(Buffer.from('1234\n'))).toEqual([{ kind: 'line', text: '1234' }]);
  });

  test.each([
    ['in one chunk', ['12345\n6\n']],
    ['before its end is seen', ['12', '345']],
    ['with its end at once', ['1234', '5\n']],
  ])('ends at a line beyond the bound, %s', (_, chunks) => {
    const read = readLines(4);
    const lines = chunks.flatMap((chunk) => read(Buffer.from(chunk)));
    expect(lines).toEqual([{ kind: 'broken', why: 'a line is longer than 4 bytes' }]);
    expect(read(Buffer.from('1\n'))).toEqual([]);
  });

  test('keeps the lines before a broken one and none after it', () => {
    const read = readLines();
    expect(read(Buffer.concat([Buffer.from('1\n'), Buffer.of(0xff, 0x0a), Buffer.from('2\n')]))).toEqual([
      { kind: 'line', text: '1' },
      { kind: 'broken', why: 'a line is not UTF-8' },
    ]);
    expect(read(Buffer.from('3\n'))).toEqual([]);
  });
});

describe('printLine', () => {
  test('refuses to print what no reader would take', () => {
    expect(() => printLine('x'.repeat(MAX_LINE_BYTES))).toThrow(RangeError);
    expect(printLine('x'.repeat(MAX_LINE_BYTES - 2)).length).toBe(MAX_LINE_BYTES + 1);
  });

  test('prints a snapshot with every list of rules full, and with as many Grants as there can be', () => {
    const rules = (count: number): HeldPolicy['grants'][number]['rules'] =>
      Array.from({ length: count }, (_, n) => ({
        namespaces: [`team-${n}`],
        apiGroups: ['apps'],
        resources: ['deployments', 'statefulsets'],
        verbs: ['get', 'list', 'watch', 'patch'],
      }));
    const times = <T>(count: number, make: (n: number) => T) =>
      Array.from({ length: count }, (_, n) => make(n));
    const held: HeldPolicy = {
      kind: 'policy',
      name: 'triage',
      standing: { remainingMs: 1, rules: rules(128) },
      never: rules(128),
      scopes: times(32, (n) => ({ name: `scope-${n}`, maxDuration: '1h', rules: rules(32) })),
      grants: times(MAX_GRANTS, (n) => ({
        name: `grant-${n}`,
        task: 'a task',
        scope: 'scope-0',
        remainingMs: 1,
        rules: rules(32),
      })),
    };
    expect(Snapshot.shape.held.safeParse(held).success).toBe(true);
    expect(printLine({ held }).length).toBeLessThan(MAX_LINE_BYTES / 2);
  });
});
