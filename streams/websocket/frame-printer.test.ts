import { expect, test } from 'vitest';
import { joined } from '../joined.ts';
import { createFramePrinter } from './frame-printer.ts';
import { createFrameReader } from './frame-reader.ts';

test.each([0, 1, 125, 126, 127, 1023, 1024, 65534, 65535, 65536, 70000])(
  'a message of %i bytes is printed as it must be read',
  (size) => {
    const message = Uint8Array.from({ length: size }, (_, i) => i * 31);
    const whole = [{ kind: 'piece', text: false, first: true, last: true, bytes: message }];
    const parts = () => [message.slice(0, 1), message.slice(1, 50), message.slice(50)];
    const toServer = createFramePrinter(false, (count) => new Uint8Array(count).map((_, i) => i)).message(
      parts(),
    );
    expect(createFrameReader(true)(joined(toServer))).toEqual(whole);
    const toAgent = createFramePrinter(false, undefined).message(parts());
    expect(createFrameReader(false)(joined(toAgent))).toEqual(whole);
  },
);

test('the masks of many frames are drawn at once, and each is used once', () => {
  const draws: number[] = [];
  const random = (count: number) => {
    draws.push(count);
    return Uint8Array.from({ length: count }, (_, i) => draws.length * 64 + (i >> 2));
  };
  const { control } = createFramePrinter(false, random);
  const masks = Array.from({ length: 100 }, () =>
    joined(control('ping', new Uint8Array(0)))
      .subarray(2, 6)
      .join(),
  );
  expect(new Set(masks).size).toBe(100);
  expect(draws).toHaveLength(2);
});

test('a long message is not copied: it goes out where it lies', () => {
  const message = new Uint8Array(2000).fill(1);
  for (const random of [undefined, (count: number) => new Uint8Array(count).fill(1)]) {
    const printed = createFramePrinter(false, random).message([message]);
    expect(printed.at(-1)).toBe(message);
  }
  expect(message).toEqual(new Uint8Array(2000));
});
