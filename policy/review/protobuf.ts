// A review as typed Go clients write it, in protobuf, read into the object that it would have been in JSON; read.ts judges it
// from there. A field that no table below names, or one that stands twice, is not read.
import { readEnvelope } from '../written/envelope.ts';
import { malformed, type StrictJson } from '../written/json.ts';
import { readFields } from '../written/protobuf.ts';
import type { ReviewKind } from './kind.ts';

/** Before a runtime.Unknown (envelope.ts). */
const PREFIX_BYTES = 4;

/** How the value of a field is read; undefined: it is not what the table says. */
type Read = (bytes: Uint8Array) => unknown;

interface Row {
  readonly name: string;
  readonly read: Read;
  readonly repeated: boolean;
}

type Message = Readonly<Record<number, Row>>;

const one = (name: string, read: Read): Row => ({ name, read, repeated: false });
const many = (name: string, read: Read): Row => ({ name, read, repeated: true });

const text: Read = (bytes) => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};
/** Not asked for, whatever it says. */
const unasked: Read = () => ({});
const message =
  (rows: Message): Read =>
  (bytes) =>
    readMessage(bytes, rows);

// The numbers of k8s.io/api/authorization/v1/generated.proto, and of meta/v1 for requirements.
const requirement: Message = { 1: one('key', text), 2: one('operator', text), 3: many('values', text) };
const selector: Message = { 1: one('rawSelector', text), 2: many('requirements', message(requirement)) };
const resourceAttributes: Message = {
  1: one('namespace', text),
  2: one('verb', text),
  3: one('group', text),
  4: one('version', text),
  5: one('resource', text),
  6: one('subresource', text),
  7: one('name', text),
  8: one('fieldSelector', message(selector)),
  9: one('labelSelector', message(selector)),
};
const attributes: Message = {
  1: one('resourceAttributes', message(resourceAttributes)),
  2: one('nonResourceAttributes', message({ 1: one('path', text), 2: one('verb', text) })),
};
const othersAccess: Message = {
  ...attributes,
  3: one('user', text),
  4: many('groups', text),
  5: many('extra', unasked),
  6: one('uid', text),
};
const review = (spec: Message): Message => ({
  1: one('metadata', unasked),
  2: one('spec', message(spec)),
  3: one('status', unasked),
});

const REVIEWS: Readonly<Record<ReviewKind, Message>> = {
  SelfSubjectAccessReview: review(attributes),
  SelfSubjectRulesReview: review({ 1: one('namespace', text) }),
  SubjectAccessReview: review(othersAccess),
  LocalSubjectAccessReview: review(othersAccess),
};

/** Reads a body in the envelope of runtime.Unknown. Malformed where it is not one of this kind, to the last field. */
export function readProtobufReview(kind: ReviewKind, body: Uint8Array): StrictJson {
  const read = readEnvelope(body, 'object');
  if (read.kind === 'malformed') return read;
  // What the envelope carries stands in it once: it has just been read.
  const carried = readFields(body.subarray(PREFIX_BYTES))?.find(({ number }) => number === 2)?.value;
  const review = carried instanceof Uint8Array ? readMessage(carried, REVIEWS[kind]) : {};
  if (review === undefined)
    return malformed(`is no ${kind} in protobuf that is understood to the last field`);
  const { apiVersion, kind: said } = read.object;
  return { kind: 'json', value: { apiVersion: apiVersion || undefined, kind: said || undefined, ...review } };
}

function readMessage(bytes: Uint8Array, rows: Message): Record<string, unknown> | undefined {
  const fields = readFields(bytes);
  if (fields === undefined) return undefined;
  const read: Record<string, unknown> = {};
  for (const { number, value } of fields) {
    const row = rows[number];
    if (row === undefined || typeof value === 'bigint') return undefined;
    const part = row.read(value);
    const before = read[row.name];
    if (part === undefined || (before !== undefined && !row.repeated)) return undefined;
    if (!row.repeated) read[row.name] = part;
    else if (Array.isArray(before)) before.push(part);
    else read[row.name] = [part];
  }
  return read;
}
