// For the tests of this folder: live Secrets with values at every place where they are hidden, what a reader sees of them,
// and two of one shape that differ in hidden values alone.
import fc from 'fast-check';
import { secret } from '../secret.ts';
import { LAST_APPLIED, type TestSecret, testHash, testSecret, toSecret } from '../test-bodies.ts';
import type { Fault, PutBack, Write } from './put-back.ts';
import { puttingSecretBack, type SecretWrites } from './secret.ts';

export const hash = testHash('pod');
export const STATE = 'tool.example/state';

// biome-ignore lint/suspicious/noExplicitAny: a parsed body, of which a test takes what it wants.
export type Body = any;

/** A live Secret with these values: in data, in what kubectl applied, in a document, and owned by someone. */
export function liveOf(it: TestSecret): Body {
  const { data, ...bare } = toSecret(it);
  const { uid: _, resourceVersion: __, ...metadata } = it.metadata;
  const copy = {
    ...bare,
    data,
    stringData: it.values,
    metadata: { ...metadata, annotations: { n: JSON.stringify(it.values) } },
  };
  const keys = Object.keys(it.values).map((key) => [`f:${key}`, {}]);
  const body = {
    ...bare,
    data,
    metadata: {
      ...it.metadata,
      annotations: {
        ...(it.metadata.annotations as object),
        [LAST_APPLIED]: `${JSON.stringify(copy)}\n`,
        [STATE]: JSON.stringify(it.values),
      },
      managedFields: [
        { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:type': {} } },
        {
          manager: 'kubectl',
          operation: 'Update',
          fieldsV1: { 'f:data': { '.': {}, ...Object.fromEntries(keys) }, 'f:type': {} },
        },
      ],
    },
  };
  return JSON.parse(JSON.stringify(body));
}

export const live = testSecret.map(liveOf);

/** The second has other values of other lengths at the same keys. */
export const twins: fc.Arbitrary<readonly [Body, Body]> = fc
  .tuple(
    testSecret,
    fc.infiniteStream(fc.string({ unit: fc.constantFrom(...'ABCXYZ'), minLength: 1, maxLength: 60 })),
  )
  .map(([it, others]) => {
    const values = Object.entries(it.values).map(([key]) => [key, `OTHER-${others.next().value}`]);
    return [liveOf(it), liveOf({ ...it, values: Object.fromEntries(values) })] as const;
  });

/** What a reader sees of it, at its version or at another. */
export function shown(body: Body, resourceVersion = body.metadata.resourceVersion): Body {
  const at = { ...body, metadata: { ...body.metadata, resourceVersion } };
  const outcome = secret({ hash, reveal: false })(at);
  if (outcome.kind === 'unreadable') throw new Error(outcome.why);
  const value = outcome.value as Body;
  return { ...value, metadata: { ...value.metadata, resourceVersion: body.metadata.resourceVersion } };
}

export function putBack(write: Partial<Write>, body: Body, how: Partial<SecretWrites> = {}): PutBack | Fault {
  const putting = puttingSecretBack({ hash, isCurrent: () => false, revealed: false, ...how });
  return putting({ form: 'object', value: {}, dryRun: false, force: true, ...write }, body);
}

/** The same for what must be put back. */
export function goesOn(...args: Parameters<typeof putBack>): PutBack {
  const outcome = putBack(...args);
  if (outcome.kind === 'fault') throw new Error(`${outcome.code} at ${outcome.at}`);
  return outcome;
}

export const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Operations that test and write again each part of what was shown, alone. */
export function piecewise({ data, metadata }: Body): readonly object[] {
  const under = (path: string, map: object) =>
    Object.entries(map).map(([key, value]) => [`${path}/${escaped(key)}`, value] as const);
  return [
    ...under('/data', data),
    ...under('/metadata/annotations', metadata.annotations),
    ['/metadata/managedFields', metadata.managedFields] as const,
  ].flatMap(([path, value]) => [
    { op: 'test', path, value },
    { op: 'replace', path, value },
  ]);
}
