// What the controller itself shows and signs with: the roots as the API server keeps them, and a serving certificate of
// the control root for its Service. Pure but for keys and signatures; a step returns what it was given while that holds.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { issue } from '../../ca/certificate.ts';
import { PROFILES, type RootKind } from '../../ca/profiles.ts';
import { type CertifiableKey, readPublicKey } from '../../ca/public-key.ts';
import type { RootSet } from '../../ca/root-set.ts';
import { keepRoots, type SecretStore } from '../../ca/root-store.ts';

const KEY_BITS = 2048;
/** Made anew at half its life, and whenever another root signs. */
const RENEW_AFTER_MS = PROFILES.serving.lifetimeMs / 2;

const generate = promisify(generateKeyPair);

export interface Credentials {
  readonly roots: Readonly<Record<RootKind, RootSet>>;
  /** PEM both. */
  readonly serving: { readonly key: string; readonly cert: string; readonly bornMs: number };
}

/** How the API server and sidecars name the controller in their handshakes. */
export interface ServedNames {
  readonly dnsNames: readonly string[];
  readonly ips: readonly string[];
}

export async function keepCredentials(
  held: Credentials | undefined,
  store: SecretStore,
  names: ServedNames,
  nowMs: number,
): Promise<Credentials> {
  const control = await keepRoots('control', store, nowMs);
  const loopback = await keepRoots('loopback', store, nowMs);
  const roots = { control, loopback };
  const isSame = held !== undefined && held.roots.control.signing.id === control.signing.id;
  if (isSame && nowMs < held.serving.bornMs + RENEW_AFTER_MS) return { roots, serving: held.serving };
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: KEY_BITS });
  const ours = certifiable(publicKey.export({ type: 'spki', format: 'pem' }) as string);
  const cert = await issue({ profile: 'serving', ...names }, ours, control.signing, nowMs);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { roots, serving: { key, cert, bornMs: nowMs } };
}

function certifiable(pem: string): CertifiableKey {
  const read = readPublicKey(pem);
  if (read.kind === 'unfit') throw new Error(`the key made for the controller is unfit: ${read.why}`);
  return read.key;
}
