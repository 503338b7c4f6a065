import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined } from '../joined.ts';
import { printHeaders, readHeaders } from './header-block.ts';
import { bytes, word } from './test-peer.ts';

const text = (of: string) => joined([word(of.length), bytes(of)]);
const block = (count: number, ...texts: readonly string[]) => joined([word(count), ...texts.map(text)]);
const many = (count: number) =>
  block(count, ...Array.from({ length: count }, (_, i) => [`name${i}`, 'value']).flat());

test('names and values are read in their order', () => {
  expect([...(readHeaders(block(2, 'streamtype', 'data', 'port', '')) ?? [])]).toEqual([
    ['streamtype', 'data'],
    ['port', ''],
  ]);
  expect(readHeaders(block(0))?.size).toBe(0);
  expect(readHeaders(many(32))?.size).toBe(32);
});

test('what is printed is read back', () => {
  const name = fc.stringMatching(/^[!-@[-~]{1,9}$/);
  const value = fc.stringMatching(/^[ -~]{0,99}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, value), { selector: ([of]) => of, maxLength: 32 }),
      (headers) => {
        expect([...(readHeaders(printHeaders(new Map(headers))) ?? [])]).toEqual(headers);
      },
    ),
  );
});

test('any bytes are read or refused, never thrown over', () => {
  const bit = fc.oneof(fc.constant(0), fc.nat(255));
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 60 }), (input) => {
      const headers = readHeaders(Uint8Array.from(input));
      expect(headers === undefined || headers.size <= 32).toBe(true);
    }),
  );
});

test.each([
  ['is empty', new Uint8Array(0)],
  ['is cut in its count', word(1).subarray(1)],
  ['is cut in a length', joined([word(1), text('port'), word(1).subarray(1)])],
  ['is cut in a value', block(1, 'port', '80').subarray(0, -1)],
  ['goes on behind its last value', joined([block(1, 'port', '80'), word(0).subarray(3)])],
  ['has more than 32 headers', many(33)],
  ['has a name twice', block(2, 'port', '80', 'port', '22')],
  ['has an upper-case name', block(1, 'Port', '80')],
  ['has an empty name', block(1, '', '80')],
  ['has two values in one', block(1, 'port', '80\x0022')],
  ['has a control character', block(1, 'port', '80\n')],
  ['has a character beyond ASCII', joined([word(1), text('port'), word(1), Uint8Array.of(0xb2)])],
])('a block that %s is refused', (_what, input) => {
  expect(readHeaders(input)).toBeUndefined();
});
