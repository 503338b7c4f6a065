import { constants, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { inflate } from './inflate.ts';

const dictionary = Buffer.from('content-type: text/plain');
const deflate = (text: string) => deflateRawSync(text, { dictionary, finishFlush: constants.Z_SYNC_FLUSH });

test('inflates one piece that ends on a flush, with what came before it', () => {
  const out = inflate(deflate('text/plain content-type'), dictionary, 100);
  expect(Buffer.from(out ?? [])).toEqual(Buffer.from('text/plain content-type'));
});

test('gives nothing of what is broken, or longer than its bound', () => {
  expect(inflate(deflate('x'.repeat(101)), dictionary, 100)).toBeUndefined();
  expect(inflate(Buffer.from([0x07, 0xff, 0xff]), dictionary, 100)).toBeUndefined();
});
