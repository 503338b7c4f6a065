// For the tests of this folder: generated Secrets in every form in which the API server answers with them, each with
// the values seeded in it, and a search for those values that decodes what it looks through.
import fc from 'fast-check';

/** A keyed hash good enough to tell texts apart (FNV-1a, five times over). */
export function testHash(key: string): (text: string) => string {
  return (text) =>
    [1, 2, 3, 4, 5].map((round) => fnv(`${key}/${round}/${text}`).toString(16).padStart(8, '0')).join('');
}

function fnv(text: string): number {
  let sum = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum;
}

export const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export interface TestSecret {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly type: string;
  /** Plain values; `toSecret` encodes them. */
  readonly values: Readonly<Record<string, string>>;
}

/** Upper-case and awkward, so that no name, label or sentinel (all lower-case) holds one by chance. */
const value = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ"\\\n<é𝄞'),
  minLength: 10,
  maxLength: 40,
});
const name = fc.string({ unit: fc.constantFrom(...'abcdefgh-'), minLength: 1, maxLength: 8 });
const key = fc.oneof(name, fc.constantFrom('__proto__', 'constructor', 'tls.key', '.dockerconfigjson'));

export const testSecret: fc.Arbitrary<TestSecret> = fc.record({
  metadata: fc.record({
    name,
    namespace: name,
    uid: fc.uuid(),
    resourceVersion: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String),
    labels: fc.dictionary(name, name),
    annotations: fc.dictionary(name, name),
  }),
  type: fc.constantFrom('Opaque', 'kubernetes.io/tls', 'helm.sh/release.v1'),
  values: fc.dictionary(key, value, { maxKeys: 4 }),
});

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const mapped = (values: TestSecret['values'], encode: (plain: string) => string) =>
  Object.fromEntries(Object.entries(values).map(([at, plain]) => [at, encode(plain)]));

export const bare = (it: TestSecret) => ({
  metadata: it.metadata,
  data: mapped(it.values, base64),
  type: it.type,
});

export const toSecret = (it: TestSecret) => ({ kind: 'Secret', apiVersion: 'v1', ...bare(it) });

/** Metadata as `kubectl apply` leaves it: the manifest, with its values in both ways of writing them. */
export function appliedMetadata(it: TestSecret): Record<string, unknown> {
  const manifest = { ...toSecret(it), stringData: it.values };
  return {
    ...it.metadata,
    annotations: {
      ...(it.metadata.annotations as Record<string, string>),
      [LAST_APPLIED]: `${JSON.stringify(manifest)}\n`,
      'kapp.k14s.io/original-diff': Object.values(it.values).join('\n'),
    },
    managedFields: [
      {
        manager: 'kubectl',
        operation: 'Update',
        fieldsV1: { 'f:data': { '.': {}, ...mapped(it.values, () => '') }, 'f:type': {} },
      },
    ],
  };
}

export const applied = (it: TestSecret) => ({ ...it, metadata: appliedMetadata(it) });

export const partial = (it: TestSecret) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: appliedMetadata(it),
});

const COLUMNS = ['Name', 'Type', 'Data', 'Age'].map((column) => ({
  name: column,
  type: 'string',
  format: '',
  description: `the ${column}`,
  priority: 0,
}));

export const table = (secrets: readonly TestSecret[], object: (it: TestSecret) => unknown) => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: { resourceVersion: '7' },
  columnDefinitions: COLUMNS,
  rows: secrets.map((it) => ({
    cells: [it.metadata.name, it.type, Object.keys(it.values).length, '5d'],
    object: object(it),
  })),
});

/** Every kind of body that a get or list of these may be answered with. */
export const everyBody = (secrets: readonly TestSecret[]): unknown[] => [
  ...secrets.map((it) => toSecret(applied(it))),
  ...secrets.map(partial),
  {
    kind: 'SecretList',
    apiVersion: 'v1',
    metadata: { continue: '' },
    items: secrets.map((it) => bare(applied(it))),
  },
  { kind: 'List', apiVersion: 'v1', metadata: {}, items: secrets.map((it) => toSecret(applied(it))) },
  {
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    items: secrets.map(partial),
  },
  table(secrets, (it) => toSecret(applied(it))),
  table(secrets, partial),
  table(secrets, () => null),
];

/** Every string of a body, those inside JSON and base64 inside strings too. */
export function* everyString(body: unknown): Generator<string> {
  if (typeof body === 'string') {
    yield body;
    yield* inside(body);
  }
  if (typeof body !== 'object' || body === null) return;
  for (const [at, inner] of Object.entries(body)) {
    yield at;
    yield* everyString(inner);
  }
}

function* inside(text: string): Generator<string> {
  try {
    yield new TextDecoder().decode(Uint8Array.from(atob(text), (it) => it.charCodeAt(0)));
  } catch {}
  try {
    const inner: unknown = JSON.parse(text);
    if (typeof inner === 'object') yield* everyString(inner);
  } catch {}
}

/** Which of the seeded values still stand somewhere in a body, as they are or in base64. */
export function survivors(body: unknown, secrets: readonly TestSecret[]): string[] {
  const all = [...everyString(body)];
  return secrets
    .flatMap((it) => Object.values(it.values))
    .filter((plain) => all.some((text) => text.includes(plain) || text.includes(base64(plain))));
}
