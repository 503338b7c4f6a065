// What the controller itself shows and signs with: the roots as the API server keeps them, and a serving certificate of
// the control root for its Service. Pure but for keys and signatures; a step returns what it was given while that holds.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { endOf, issue } from '../../ca/certificate.ts';
import type { RootKind } from '../../ca/profiles.ts';
import { type CertifiableKey, readPublicKey } from '../../ca/public-key.ts';
import type { RootSet } from '../../ca/root-set.ts';
import { keepRoots, readRoots, type SecretStore } from '../../ca/root-store.ts';
import type { Root } from '../../ca/roots.ts';

const KEY_BITS = 2048;

const generate = promisify(generateKeyPair);

/** Our own certificate. */
export interface Serving {
  /** PEM both. */
  readonly key: string;
  readonly cert: string;
  /** Wall clock, epoch ms. */
  readonly bornMs: number;
  readonly endsMs: number;
  /** The root that signed it. */
  readonly rootId: string;
}

export interface Credentials {
  readonly roots: Readonly<Record<RootKind, RootSet>>;
  readonly serving: Serving;
}

/** How the API server and sidecars name the controller in their handshakes. */
export interface ServedNames {
  readonly dnsNames: readonly string[];
  readonly ips: readonly string[];
}

/**
 * Roots that are gone from the API server are held until whoever leads has made others: what is signed by them until then is
 * what everyone trusts. Only at a first start, with nothing held, are they made here.
 */
export async function keepCredentials(
  held: Credentials | undefined,
  store: SecretStore,
  names: ServedNames,
  nowMs: number,
): Promise<Credentials> {
  const rootsOf = async (kind: RootKind) =>
    (await readRoots(kind, store)) ?? held?.roots[kind] ?? (await keepRoots(kind, store, nowMs));
  const roots = { control: await rootsOf('control'), loopback: await rootsOf('loopback') };
  const { signing } = roots.control;
  const isGood = held !== undefined && isGoodFor(held.serving, signing, nowMs);
  return { roots, serving: isGood ? held.serving : await makeServing(names, signing, nowMs) };
}

/** Made anew at half its life, whenever another root signs, and where the clock has gone back to before it. */
function isGoodFor({ rootId, bornMs, endsMs }: Serving, signing: Root, nowMs: number): boolean {
  return rootId === signing.id && bornMs <= nowMs && nowMs < (bornMs + endsMs) / 2;
}

async function makeServing(names: ServedNames, root: Root, nowMs: number): Promise<Serving> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: KEY_BITS });
  const ours = certifiable(publicKey.export({ type: 'spki', format: 'pem' }) as string);
  const cert = await issue({ profile: 'serving', ...names }, ours, root, nowMs);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { key, cert, bornMs: nowMs, endsMs: endOf('serving', root, nowMs), rootId: root.id };
}

function certifiable(pem: string): CertifiableKey {
  const read = readPublicKey(pem);
  if (read.kind === 'unfit') throw new Error(`the key made for the controller is unfit: ${read.why}`);
  return read.key;
}
