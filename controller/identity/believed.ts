// Which identities are believed at a moment: those that a control root signed which is published still, until they end. The
// handshake said so once; a session outlives it, and so may a ticket by which it is taken up again.
import { X509Certificate } from 'node:crypto';
import type { RootSet } from '../../ca/root-set.ts';

/** Milliseconds until it ends; 0: it is not believed, now or any more. `nowMs` is the wall clock's. */
export function believedForMs(identity: X509Certificate, control: RootSet, nowMs: number): number {
  const isOurs = control.published.some(({ certPem }) => {
    const root = new X509Certificate(certPem);
    return identity.checkIssued(root) && identity.verify(root.publicKey);
  });
  return isOurs ? Math.max(0, identity.validToDate.getTime() - nowMs) : 0;
}
