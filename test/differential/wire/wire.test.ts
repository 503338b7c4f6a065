import { describe, expect, test } from 'vitest';
import { packFields, readStatus } from './hpack.ts';
import { readAnswer } from './read-answer.ts';

describe('an HTTP/1 answer', () => {
  const ANSWERS: readonly [what: string, bytes: string, status: number, goesOn: boolean][] = [
    ['with a length', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nhello', 403, true],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', 204, true],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n',
      200,
      true,
    ],
    [
      'after an interim one',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n',
      417,
      true,
    ],
    [
      'that closes',
      'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbad',
      400,
      false,
    ],
    ['that is none', 'SSH-2.0-x\r\n\r\n', 0, false],
    ['that switches', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', 101, false],
  ];

  test.each(ANSWERS)('%s ends where it ends, wherever its bytes are cut', (_, bytes, status, goesOn) => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = readAnswer(false, false);
      const first = reader.feed(Buffer.from(bytes.slice(0, cut)));
      if (cut < bytes.length) expect(first).toBeUndefined();
      expect(first ?? reader.feed(Buffer.from(bytes.slice(cut)))).toEqual({ status, goesOn });
    }
  });

  test('that another follows, or that ends with its head, leaves its connection unfit', () => {
    const two = 'HTTP/1.1 204 No Content\r\n\r\n'.repeat(2);
    expect(readAnswer(false, false).feed(Buffer.from(two))).toEqual({ status: 204, goesOn: false });
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
    expect(readAnswer(true, false).feed(Buffer.from(head))).toEqual({ status: 200, goesOn: false });
    expect(readAnswer(false, true).feed(Buffer.from(head))).toEqual({ status: 200, goesOn: true });
  });
});

test('a status is read as Go and Node write it: by its index, plain, or in Huffman code', () => {
  expect(readStatus(Buffer.from([0x20, 0x88]))).toBe(200);
  expect(readStatus(Buffer.from([0x89]))).toBe(204);
  expect(readStatus(Buffer.from([0x08, 0x03, 0x34, 0x30, 0x33]))).toBe(403);
  expect(readStatus(Buffer.from([0x48, 0x82, 0x64, 0x02]))).toBe(302);
  expect(readStatus(Buffer.from([0x48, 0x83, 0x68, 0x0c, 0xff]))).toBe(403);
});

test('fields are packed as they are, long ones too', () => {
  expect(packFields([['a', 'B']])).toEqual(Buffer.from([0, 1, 0x61, 1, 0x42]));
  expect(packFields([['a', 'x'.repeat(300)]]).subarray(0, 6)).toEqual(
    Buffer.from([0, 1, 0x61, 127, 0xad, 1]),
  );
});
