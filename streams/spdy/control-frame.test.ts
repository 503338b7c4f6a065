import { expect, test } from 'vitest';
import { joined } from '../joined.ts';
import { createFrameReader, MAX_CONTROL_BYTES } from './frame-reader.ts';
import { control, hex, inflate, word } from './test-peer.ts';

const read = (input: Uint8Array) => createFrameReader(inflate)(input);

const reply = (payload: Uint8Array) => control(2, [1], [], payload);

test.each([
  ['of another version', hex('800200060000000400000007'), 'is not of SPDY/3'],
  ['of type 0', control(0, [1]), 'type'],
  ['HEADERS', hex('80030008000000110000000382eac72e4bc05400000000ffff'), 'type'],
  ['CREDENTIAL', control(10, [1]), 'type'],
  ['that is longer than its bound', joined([word(0x8003_0004), word(MAX_CONTROL_BYTES + 1)]), 'bound'],
  ['with a flag', hex('800300060100000400000007'), 'flag'],
  ['SYN_STREAM that opens half of a stream', joined([hex('800300010200000a'), new Uint8Array(10)]), 'flag'],
  ['SYN_STREAM that is too short', control(1, [1, 0]), 'length'],
  ['SYN_STREAM without a block', control(1, [1, 0], [0, 0]), 'header block'],
  ['SYN_REPLY that is too short', control(2, []), 'length'],
  ['SYN_REPLY whose block is broken', reply(hex('00')), 'header block'],
  [
    'SYN_REPLY whose block is cut',
    reply(joined([hex('78f9e3c6a7c2'), hex('000100feff61'), hex('000000ffff')])),
    'header block',
  ],
  ['RST_STREAM that is too long', control(3, [1, 5, 0]), 'length'],
  ['RST_STREAM without a status', control(3, [1, 0]), 'status'],
  ['PING without an id', control(6, [0]), 'id'],
  ['PING that is too long', control(6, [1, 1]), 'length'],
  ['GOAWAY of SPDY/2', control(7, [1]), 'length'],
  ['SETTINGS without a count', control(4, []), 'length'],
  ['WINDOW_UPDATE that is too short', control(9, [1]), 'length'],
])('a control frame %s is refused', (_what, input, why) => {
  expect(read(input)).toEqual({ kind: 'malformed', why: expect.stringContaining(why) });
});

test('SETTINGS may have a flag, and be as long as a control frame may be', () => {
  expect(read(joined([word(0x8003_0004), hex('01010000'), new Uint8Array(MAX_CONTROL_BYTES)]))).toEqual([]);
});
