import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { acceptOf } from './handshake.ts';

test('a key is answered as RFC 6455 has it', () => {
  const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest();
  expect(acceptOf('dGhlIHNhbXBsZSBub25jZQ==', sha1)).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});
