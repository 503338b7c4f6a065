// Who this sidecar is: its two certificates, made at the start and renewed at half-life, and what of them must outlive a
// crash in the memory volume that only the sidecar mounts.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ClientIdentity } from './controller-connection.ts';
import { type Enrolment, enrol } from './enrol.ts';
import type { SidecarConfig } from './environment.ts';
import { sha256 } from './keys.ts';
import type { Certificate } from './listener.ts';
import { PATHS } from './paths.ts';
import { writeWhole } from './whole-file.ts';

/** What the agent's clients meet. */
export interface Loopback {
  readonly certificate: Certificate;
  /** PEM: what they trust. */
  readonly root: string;
}

export interface Identity {
  readonly client: ClientIdentity;
  readonly loopback: Loopback;
  /** PEM: what the controller is believed by. */
  readonly roots: string;
  /** From the answer's arrival. */
  readonly renewAfterMs: number;
}

/** Enrols this pod, under the roots and with the loopback root that it already has, if any. Rejects as `enrol` does. */
export async function enrolPod(config: SidecarConfig, roots: string): Promise<Identity> {
  const token = (await readIfThere(PATHS.attestationToken))?.trim();
  if (token === undefined) throw new Error('the attestation token cannot be read');
  const known = await readIfThere(PATHS.loopbackRoot);
  const fingerprint = known === undefined ? undefined : sha256(new X509Certificate(known).raw);
  const enrolment = await enrol({ url: config.controller, roots }, token, fingerprint);
  await keep(enrolment);
  const { response, identityKey, loopbackKey } = enrolment;
  return {
    client: { certificate: response.identity, key: identityKey.privateKey },
    loopback: {
      certificate: { chain: response.loopback, key: loopbackKey.privateKey },
      root: response.loopbackRoot,
    },
    roots: response.controlRoots,
    renewAfterMs: response.renewAfterMs,
  };
}

/** The listener's certificate from before a crash: a sidecar that comes back serves without the controller. */
export async function keptLoopback(): Promise<Loopback | undefined> {
  const [chain, key, root] = await Promise.all(
    [PATHS.loopbackCertificate, PATHS.loopbackKey, PATHS.loopbackRoot].map(readIfThere),
  );
  if (chain === undefined || key === undefined || root === undefined) return undefined;
  return isWhole(chain, key) ? { certificate: { chain, key }, root } : undefined;
}

/** Still good, and of one renewal: a crash may have come between the writing of the two. */
export function isWhole(chain: string, key: string): boolean {
  const certificate = new X509Certificate(chain);
  return certificate.validToDate.getTime() > Date.now() && certificate.checkPrivateKey(createPrivateKey(key));
}

/** The roots to believe the controller by: the newest that it sent, else those that the injector wrote. */
export async function newestRoots(config: SidecarConfig): Promise<string> {
  return (await readIfThere(PATHS.controlRoots)) ?? config.controlCa;
}

let writing: Promise<unknown> = Promise.resolve();

/** Keeps them for a sidecar that comes back after a crash. One writing after another, since the stream and a renewal bring them. */
export function keepRoots(roots: string): Promise<void> {
  const written = writing.then(() => writeWhole(PATHS.controlRoots, roots, 0o600));
  writing = written.catch(() => undefined);
  return written;
}

async function keep({ response, loopbackKey }: Enrolment): Promise<void> {
  await keepRoots(response.controlRoots);
  await writeWhole(PATHS.loopbackKey, loopbackKey.privateKey, 0o600);
  await writeWhole(PATHS.loopbackCertificate, response.loopback, 0o600);
  await writeWhole(PATHS.loopbackRoot, response.loopbackRoot, 0o600);
}

const SENTINEL_KEY_BYTES = 32;

/** The key of this pod's sentinels: made once, kept in the memory volume, gone with the pod. */
export async function sentinelKey(): Promise<Buffer> {
  const kept = await readFile(PATHS.sentinelKey).catch(() => undefined);
  if (kept?.length === SENTINEL_KEY_BYTES) return kept;
  const key = randomBytes(SENTINEL_KEY_BYTES);
  await writeWhole(PATHS.sentinelKey, key, 0o600);
  return key;
}

function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
