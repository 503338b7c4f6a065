// The certificates of a run's listener, under a root that is made for this run and whose key never leaves the process.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { issue } from '../../ca/certificate.ts';
import { readPublicKey } from '../../ca/public-key.ts';
import { makeRoot } from '../../ca/roots.ts';
import type { Certificate } from '../../sidecar/listener.ts';

export interface RunLoopback {
  /** PEM: what the command's clients trust. */
  readonly ca: string;
  /** A certificate that is good from `nowMs` (wall clock) for days: a run that lasts longer asks again. */
  issue(nowMs: number): Promise<Certificate>;
}

const generate = promisify(generateKeyPair);

/** Takes about half a second, off the event loop: start it first and await it last. */
export async function makeLoopback(nowMs: number): Promise<RunLoopback> {
  const [root, pair] = await Promise.all([
    makeRoot('loopback', nowMs),
    generate('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }),
  ]);
  const read = readPublicKey(pair.publicKey);
  if (read.kind === 'unfit') throw new Error(`the key that was made is unfit: ${read.why}`);
  return {
    ca: root.certPem,
    issue: async (atMs) => ({
      chain: await issue({ profile: 'loopback' }, read.key, root, atMs),
      key: pair.privateKey,
    }),
  };
}
