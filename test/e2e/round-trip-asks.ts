// A step of the round trip as a request: an edited copy, written back in one of the ways that clients have.
import type { Ask } from '../adversarial/agent.ts';
import type { Json } from '../adversarial/answers.ts';
import { type Edit, edited, LAST_APPLIED, type Write } from './round-trip-steps.ts';

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  operations: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
  force: 'application/apply-patch+yaml',
};

let made = 0;

/** `path` is the object's; `foreign` a copy of another object. */
export function askOf(write: Write, path: string, copy: Json, foreign: Json): Ask {
  const { via, manager } = write;
  const object = edited(copy, write.edits, foreign);
  if (!write.saysVersion) delete object.metadata.resourceVersion;
  const { managedFields: _, uid: __, creationTimestamp: ___, ...metadata } = object.metadata;
  const query = new URLSearchParams({ fieldManager: manager, ...(write.dryRun && { dryRun: 'All' }) });
  const ask = (method: string, to: string, body: unknown, type = 'application/json'): Ask => ({
    method,
    path: `${to}?${query}`,
    headers: { 'content-type': type },
    body: JSON.stringify(body),
  });
  if (via === 'put') return ask('PUT', path, object);
  if (via === 'post') {
    const { resourceVersion: ____, ...fresh } = metadata;
    const other = { ...object, metadata: { ...fresh, name: `made-${++made}` } };
    return ask('POST', path.replace(/\/[^/]+$/, ''), other);
  }
  if (via === 'configmap') {
    const body = { metadata: { name: `made-${++made}` }, data: textsOf(object) };
    return ask('POST', path.replace(/\/secrets\/[^/]+$/, '/configmaps'), body);
  }
  if (via === 'operations') {
    const body = [...versionOf(object), ...write.edits.flatMap((edit) => operationsOf(edit, object, copy))];
    return ask('PATCH', path, body, PATCH_TYPES.operations);
  }
  if (via === 'force') query.set('force', 'true');
  const { stringData, data, type, apiVersion, kind } = object;
  const whole = { apiVersion, kind, metadata, type, data, ...(stringData && { stringData }) };
  const removed = Object.keys(copy.data ?? {}).filter((key) => !(key in data));
  const patch = { ...whole, data: { ...data, ...Object.fromEntries(removed.map((key) => [key, null])) } };
  return ask('PATCH', path, via === 'merge' || via === 'strategic' ? patch : whole, PATCH_TYPES[via]);
}

/** A ConfigMap cannot say base64 of bytes: the sentences themselves. */
const textsOf = ({ data }: Json) =>
  Object.fromEntries(
    Object.entries<string>(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );

const versionOf = ({ metadata: { resourceVersion } }: Json) =>
  resourceVersion === undefined
    ? []
    : [{ op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }];

/** The same edit by operations; what an edit has no operation for sets the key as the edited copy has it. */
function operationsOf(edit: Edit, object: Json, copy: Json): object[] {
  const set = (key: string) => [
    { op: 'add', path: `/data/${key}`, value: object.data[key] ?? copy.data[key] ?? '' },
  ];
  switch (edit.edit) {
    case 'label':
      return [{ op: 'add', path: '/metadata/labels/edited', value: object.metadata.labels.edited }];
    case 'annotation':
      return [{ op: 'add', path: '/metadata/annotations/edited', value: object.metadata.annotations.edited }];
    case 'applied': {
      const at = `/metadata/annotations/${LAST_APPLIED.replace('/', '~1')}`;
      return [{ op: 'add', path: at, value: object.metadata.annotations[LAST_APPLIED] }];
    }
    case 'remove':
      return [{ op: 'remove', path: `/data/${edit.key}` }];
    case 'rename':
      return [{ op: 'move', from: `/data/${edit.key}`, path: `/data/${edit.to}` }];
    case 'copy':
      return [{ op: 'copy', from: `/data/${edit.key}`, path: `/data/${edit.to}-copy` }];
    case 'carry':
      return [{ op: 'copy', from: `/data/${edit.key}`, path: '/metadata/annotations/carried' }];
    case 'sentence':
      return [{ op: 'test', path: `/data/${edit.key}`, value: copy.data[edit.key] ?? '' }, ...set(edit.key)];
    default:
      return set(edit.key);
  }
}

/** Whether a write of a fresh copy is nothing but what a person does every day, and must work. */
export const isOrdinary = ({ via, copy, edits, meanwhile }: Write): boolean =>
  ['put', 'merge', 'strategic', 'force', 'operations'].includes(via) &&
  copy === -1 &&
  meanwhile === 'nothing' &&
  edits.every((each) => ['label', 'annotation', 'applied'].includes(each.edit));

/** The keys that a write of this copy touches by none of its edits: they must be there afterwards. */
export function keptBy({ via, edits }: Write, copy: Json): string[] {
  if (via === 'post' || via === 'configmap') return [];
  const touched = new Set(edits.flatMap((edit) => ['key', 'to'].map((end) => Reflect.get(edit, end))));
  return Object.keys(copy.data ?? {}).filter((key) => !touched.has(key));
}
