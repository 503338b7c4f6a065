import { expect, test } from 'vitest';
import { printClosing, readClosing } from './close.ts';
import { bytes, utf8 } from './test-frames.ts';

test('a close frame says nothing, or a code and why', () => {
  expect(readClosing(bytes())).toBeUndefined();
  expect(readClosing(bytes(0x03, 0xe8))).toEqual({ code: 1000, reason: bytes() });
  expect(readClosing(bytes(0x0f, 0xa0, ...utf8('über')))).toEqual({ code: 4000, reason: utf8('über') });
});

test.each([
  ['one byte', bytes(0x0f)],
  ['a reason that is no UTF-8', bytes(0x03, 0xe8, 0xfc)],
])('%s is malformed', (_, payload) => {
  expect(readClosing(payload)).toBe('malformed');
});

test('of all codes those may be sent that RFC 6455 and its registry let', () => {
  const sent = Array.from({ length: 65536 }, (_, code) => code).filter(
    (code) => readClosing(bytes(code >> 8, code & 255)) !== 'malformed',
  );
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  expect(sent).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)]);
});

test('what was read is printed', () => {
  for (const payload of [bytes(), bytes(0x03, 0xe8), bytes(0x0f, 0xa0, ...utf8('über'))]) {
    const closing = readClosing(payload);
    expect(closing === 'malformed' ? closing : printClosing(closing)).toEqual(payload);
  }
});
