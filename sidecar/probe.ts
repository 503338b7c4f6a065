// The exec probe: connects to the loopback listener and checks that the certificate it shows carries the key that this
// sidecar wrote down. Another process on the same port cannot pass it, and it never speaks HTTP.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';

const PROBE_TIMEOUT_MS = 3000;

/** Resolves with undefined when our own listener answers, else with what stood there instead. */
export async function probe(certificatePath: string, port: number): Promise<string | undefined> {
  const own = await readFile(certificatePath, 'utf8').then(
    (pem) => new X509Certificate(pem),
    () => undefined,
  );
  if (own === undefined) return 'the sidecar has no certificate yet';
  return new Promise((resolve) => {
    // The certificate is compared, not verified: only the holder of its key completes the handshake with it.
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false });
    const finish = (why: string | undefined): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(why);
    };
    const late = setTimeout(() => finish('the listener did not answer'), PROBE_TIMEOUT_MS);
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish(`the listener did not answer: ${error.code}`),
    );
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate();
      const same = shown?.publicKey.equals(own.publicKey) === true;
      finish(same ? undefined : 'another process holds the port');
    });
  });
}
