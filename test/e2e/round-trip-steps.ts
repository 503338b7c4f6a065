// What may happen to a masked Secret, step by step, as data: what an agent does with copies that it kept, how it writes them
// back, and what an administrator does meanwhile.
import { type Arbitrary, array, constant, constantFrom, integer, oneof, record } from 'fast-check';
import { holdsSentinel } from '../../masking/sentinel.ts';
import type { Protocol } from '../adversarial/agent.ts';
import type { Json } from '../adversarial/answers.ts';

export const KEYS = ['password', 'user', 'binary'] as const;
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Begins every value that an agent wrote itself. */
export const OWN = 'own-';

export type Key = (typeof KEYS)[number];

/** One thing done to a copy before it is written back. */
export type Edit =
  | { readonly edit: 'label' | 'annotation' | 'applied' }
  | {
      readonly edit: 'plain' | 'remove' | 'sentence' | 'cut' | 'twice' | 'quoted' | 'foreign';
      readonly key: Key;
    }
  | { readonly edit: 'rename' | 'copy' | 'swap' | 'carry'; readonly key: Key; readonly to: Key };

export const VIAS = [
  'put',
  'merge',
  'strategic',
  'apply',
  'force',
  'operations',
  'post',
  'configmap',
] as const;

export interface Write {
  readonly step: 'write';
  readonly via: (typeof VIAS)[number];
  readonly edits: readonly Edit[];
  /** Which of the copies that were kept, from the newest; -1: one that is read first. */
  readonly copy: number;
  readonly saysVersion: boolean;
  readonly dryRun: boolean;
  readonly manager: 'one' | 'other';
  /** What an administrator does at the same time. */
  readonly meanwhile: 'nothing' | 'label' | 'value';
  readonly protocol: Protocol;
}

export type Step = Write | { readonly step: 'read' | 'value' | 'label' | 'recreate' };

const key = constantFrom(...KEYS);
const harmless: Arbitrary<Edit> = record({ edit: constantFrom('label', 'annotation', 'applied') });
const edit: Arbitrary<Edit> = oneof(
  { weight: 4, arbitrary: harmless },
  record({ edit: constantFrom('plain', 'remove', 'sentence', 'cut', 'twice', 'quoted', 'foreign'), key }),
  record({ edit: constantFrom('rename', 'copy', 'swap', 'carry'), key, to: key }),
);
const write: Arbitrary<Write> = record({
  step: constant('write'),
  via: constantFrom(...VIAS),
  edits: array(edit, { maxLength: 3 }),
  copy: oneof({ weight: 2, arbitrary: constant(-1) }, integer({ min: 0, max: 4 })),
  saysVersion: constantFrom(true, false),
  dryRun: oneof({ weight: 5, arbitrary: constant(false) }, constant(true)),
  manager: constantFrom('one', 'other'),
  meanwhile: oneof({ weight: 4, arbitrary: constant('nothing') }, constantFrom('label', 'value')),
  protocol: constantFrom('h1', 'h2'),
});

/** Steps after which every value that the agent did not write itself must stand as an administrator left it. */
export const steps: Arbitrary<Step[]> = array(
  oneof(
    { weight: 6, arbitrary: write },
    record({ step: constantFrom('read', 'value', 'label', 'recreate') }),
  ),
  { minLength: 4, maxLength: 14 },
);

const base64 = (text: string) => Buffer.from(text).toString('base64');
let stamp = 0;

/** The copy as its agent has edited it. `foreign` is a copy of another object. */
export function edited(copy: Json, edits: readonly Edit[], foreign: Json): Json {
  const object = structuredClone(copy);
  object.data ??= {};
  object.metadata.annotations ??= {};
  for (const each of edits) {
    // Of a value that is not there nothing can be made.
    if ('key' in each && !MAKES.has(each.edit) && object.data[each.key] === undefined) continue;
    EDITS[each.edit](object, each as never, foreign);
  }
  return object;
}

const MAKES: ReadonlySet<Edit['edit']> = new Set(['plain', 'foreign']);

type Does<E> = (object: Json, edit: E, foreign: Json) => void;

const EDITS: { readonly [E in Edit['edit']]: Does<Extract<Edit, { edit: E }>> } = {
  label: ({ metadata }) => {
    metadata.labels = { ...metadata.labels, edited: `${++stamp}` };
  },
  annotation: ({ metadata }) => {
    metadata.annotations.edited = `${++stamp}`;
  },
  // As kubectl apply keeps what it was given: here a manifest that was saved from what was shown.
  applied: ({ apiVersion, kind, data, metadata: { name, namespace, annotations } }) => {
    const kept = { apiVersion, kind, data, metadata: { annotations: {}, name, namespace } };
    annotations[LAST_APPLIED] = `${JSON.stringify(kept)}\n`;
  },
  plain: ({ data }, { key: at }) => {
    data[at] = base64(`${OWN}${++stamp}`);
  },
  remove: ({ data }, { key: at }) => {
    delete data[at];
  },
  sentence: (object, { key: at }) => {
    object.stringData = {
      ...object.stringData,
      [at]: Buffer.from(object.data[at] ?? '', 'base64').toString(),
    };
    delete object.data[at];
  },
  cut: ({ data }, { key: at }) => {
    data[at] = base64(
      Buffer.from(data[at] ?? '', 'base64')
        .toString()
        .slice(0, 60),
    );
  },
  twice: ({ data }, { key: at }) => {
    const [once, deeper] = [data[at] ?? '', base64(data[at] ?? '')];
    // Encoded three times it is not known (masking/README.md, Limits).
    data[at] = holdsSentinel(once) && !holdsSentinel(deeper) ? once : deeper;
  },
  quoted: ({ data }, { key: at }) => {
    data[at] = base64(`password: ${Buffer.from(data[at] ?? '', 'base64')}\n`);
  },
  foreign: ({ data }, { key: at }, other) => {
    data[at] = other.data[at];
  },
  rename: ({ data }, { key: at, to }) => {
    const { [at]: value } = data;
    if (value === undefined) return;
    delete data[at];
    data[to] = value;
  },
  copy: ({ data }, { key: at, to }) => {
    data[`${to}-copy`] = data[at] ?? '';
  },
  swap: ({ data }, { key: at, to }) => {
    if (at in data && to in data) [data[at], data[to]] = [data[to], data[at]];
  },
  carry: ({ data, metadata }, { key: at }) => {
    metadata.annotations.carried = Buffer.from(data[at] ?? '', 'base64').toString();
  },
};
