import { expect, test } from 'vitest';
import { createFramePrinter } from './frame-printer.ts';
import { createFrameReader } from './frame-reader.ts';
import { bytes } from './test-frames.ts';

test.each([0, 1, 125, 126, 127, 65534, 65535, 65536, 70000])(
  'a message of %i bytes is printed as it must be read',
  (size) => {
    const message = Uint8Array.from({ length: size }, (_, i) => i * 31);
    const whole = [{ kind: 'piece', text: false, first: true, last: true, bytes: message }];
    const toServer = createFramePrinter(false, () => bytes(1, 2, 3, 4)).message(message);
    expect(createFrameReader(true)(toServer)).toEqual(whole);
    expect(createFrameReader(false)(createFramePrinter(false, undefined).message(message))).toEqual(whole);
  },
);
