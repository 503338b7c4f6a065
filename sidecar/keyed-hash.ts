// The keyed hash by which sentinels are made: one for each hidden value, so thousands for a list.
import { hash } from 'node:crypto';
import type { Hash } from '../masking/sentinel.ts';

/**
 * SHA-512/256 of the key and then the text, lower-case hex. Being half of its state, such a hash cannot be carried on to a longer
 * text as SHA-256 could, so that it needs no HMAC (RFC 2104), which in Node takes several times as long.
 */
export function keyedHash(key: Buffer): Hash {
  // Of one length, so that key and text cannot run into each other.
  const prefix = key.toString('hex');
  return (text) => hash('sha512-256', prefix + text, 'hex');
}
