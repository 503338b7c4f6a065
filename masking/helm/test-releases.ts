// For the tests of this folder: releases as Helm stores them, with and without a Secret among their objects.
import { testHash } from '../test-bodies.ts';
import { encodeRelease, type Gzip } from './codec.ts';
import type { Finds } from './leaves.ts';
import { type Releases, roomForReleases, showPayloadAt } from './release.ts';

/** As Helm kept releases before it compressed them. A test of compression brings its own. */
export const gzip: Gzip = { unpack: () => undefined, pack: (bytes) => bytes };

export const hash = testHash('k');

export const reading = (more: Partial<Releases> = {}): Releases => ({
  gzip,
  exempt: [],
  finds: () => false,
  room: roomForReleases(),
  ...more,
});

export const PASSWORD = 'Correct-Horse-9';
export const PASSWORD_BASE64 = btoa(PASSWORD);

export const SECRET = `# Source: web/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: web
type: Opaque
data:
  password: ${PASSWORD_BASE64}
`;

export const DEPLOYMENT = `# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: web
          image: "web:1.2"
          args: ["--verbose"]
`;

const file = (name: string, text: string) => ({ name, data: btoa(text) });

/** A release as Helm 4 prints it. */
export const release = (more: object = {}) => ({
  name: 'web',
  info: {
    first_deployed: '2026-01-02T03:04:05.678Z',
    last_deployed: '2026-01-02T03:04:05.678Z',
    description: 'Install complete',
    status: 'deployed',
    notes: 'It runs.',
  },
  chart: {
    metadata: { name: 'web', version: '0.1.0', apiVersion: 'v2' },
    lock: null,
    templates: [
      file('templates/secret.yaml', 'password: {{ .Values.password | b64enc }}'),
      file('templates/deployment.yaml', 'replicas: {{ .Values.replicas }}'),
    ],
    values: { password: '', replicas: 1 },
    schema: null,
    schemamodtime: '0001-01-01T00:00:00Z',
    files: [],
  },
  config: { replicas: 2 },
  manifest: `---\n${DEPLOYMENT}`,
  version: 1,
  namespace: 'shop',
  apply_method: 'ssa',
  ...more,
});

/** The same with a Secret. */
export const secretRelease = (more: object = {}) =>
  release({
    config: { password: PASSWORD, replicas: 2 },
    manifest: `---\n${SECRET}---\n${DEPLOYMENT}`,
    ...more,
  });

/** As it stands below `data`. */
export function encoded(payload: object): string {
  const printed = encodeRelease(payload, gzip);
  if (printed.kind === 'unreadable') throw new Error(printed.why);
  return printed.value;
}

/** The JSON of a release as it is shown. */
export const shownPayload = (payload: object, finds: Finds = () => false): ReturnType<typeof showPayloadAt> =>
  showPayloadAt(payload, { uid: 'u', resourceVersion: '7' }, hash, finds);

/** Of one that can be read. */
export function payloadOf(payload: object, finds?: Finds): unknown {
  const outcome = shownPayload(payload, finds);
  if (outcome.kind === 'unreadable') throw new Error(outcome.why);
  return outcome.value;
}
