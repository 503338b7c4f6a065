// The exec probe: connects to the loopback listener and checks that the certificate it shows carries the key that this
// sidecar wrote down. Another process on the same port cannot pass it, and it never speaks HTTP.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { connect } from 'node:tls';

const PROBE_TIMEOUT_MS = 3000;

/** A renewal writes the file and shows it then; far longer than the time between the two. */
const RENEWED_WITHIN_MS = 1000;
const LOOK_AGAIN_MS = 50;

/** Resolves with undefined when our own listener answers, else with what stood there instead. */
export async function probe(certificatePath: string, port: number): Promise<string | undefined> {
  const endMs = performance.now() + RENEWED_WITHIN_MS;
  for (;;) {
    const shown = await keyShown(port);
    const own = await readFile(certificatePath, 'utf8').then(
      (pem) => new X509Certificate(pem),
      () => undefined,
    );
    if (own === undefined) return 'the sidecar has no certificate yet';
    if (typeof shown === 'string') return shown;
    if (shown.equals(own.publicKey)) return undefined;
    if (performance.now() > endMs) return 'another process holds the port';
    await after(LOOK_AGAIN_MS);
  }
}

/** The public key of whoever listens there; a string: why there is none. */
function keyShown(port: number): Promise<KeyObject | string> {
  return new Promise((resolve) => {
    // The certificate is compared, not verified: only the holder of its key completes the handshake with it.
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false });
    const finish = (answer: KeyObject | string): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(answer);
    };
    const late = setTimeout(() => finish('the listener did not answer'), PROBE_TIMEOUT_MS);
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish(`the listener did not answer: ${error.code}`),
    );
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate();
      finish(shown?.publicKey ?? 'the listener showed no certificate');
    });
  });
}
