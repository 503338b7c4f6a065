// The volumes that injection adds and who mounts them. Every field that the API server would default is written,
// so a stored volume equals a rendered one. Source of the defaults: pkg/apis/core/v1/defaults.go of Kubernetes 1.36.
import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { SIDECAR, TOKEN_PATH } from './names.ts';

const HOME = '/var/run/chaperone';

/** PEM files and tokens of a few KiB; memory volumes count against the container that fills them. */
const KEYS_SIZE = '1Mi';
const SPOOL_SIZE = '256Mi';

const MODE = 0o644;

/** Seconds. Not 3607: the API server takes exactly that as its own request and lets such a token live a year. */
const TOKEN_SECONDS = 3600;

const NAMES = {
  credential: `${SIDECAR}-credential`,
  attestation: `${SIDECAR}-attestation`,
  identity: `${SIDECAR}-identity`,
  spool: `${SIDECAR}-spool`,
};

function callerVolume(index: number): string {
  return `${SIDECAR}-agent-${index}`;
}

const memory = () => ({ medium: 'Memory', sizeLimit: KEYS_SIZE });

/** The volumes of a pod with these agent containers. The order of the names is that of the volumes' numbers. */
export function sidecarVolumes(agentContainers: readonly string[]) {
  const own = [
    {
      name: NAMES.credential,
      projected: {
        defaultMode: MODE,
        sources: [{ serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } }],
      },
    },
    {
      name: NAMES.attestation,
      projected: {
        defaultMode: MODE,
        sources: [
          { serviceAccountToken: { audience: 'chaperone', expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        ],
      },
    },
    { name: NAMES.identity, emptyDir: memory() },
    { name: NAMES.spool, emptyDir: { sizeLimit: SPOOL_SIZE } },
  ] satisfies V1Volume[];
  const callers = agentContainers.map((_, index) => ({
    name: callerVolume(index),
    emptyDir: memory(),
  })) satisfies V1Volume[];
  return [...own, ...callers];
}

/** What the sidecar mounts: its own volumes, and every caller's to write that caller's token into. */
export function sidecarMounts(agentContainers: readonly string[]) {
  return [
    { name: NAMES.credential, mountPath: `${HOME}/credential`, readOnly: true },
    { name: NAMES.attestation, mountPath: `${HOME}/attestation`, readOnly: true },
    { name: NAMES.identity, mountPath: `${HOME}/identity` },
    { name: NAMES.spool, mountPath: `${HOME}/spool` },
    ...agentContainers.map((name, index) => ({
      name: callerVolume(index),
      mountPath: `${HOME}/callers/${name}`,
    })),
  ] satisfies V1VolumeMount[];
}

/** What the agent's container of this number mounts: its caller token, and nothing else of ours. */
export function callerMount(index: number) {
  return { name: callerVolume(index), mountPath: TOKEN_PATH, readOnly: true } satisfies V1VolumeMount;
}
