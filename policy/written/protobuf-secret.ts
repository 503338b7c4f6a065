// A Secret in protobuf, the form in which typed Go clients write, as the JSON object that says the same: every field of its
// metadata and its own. Source: generated.proto of k8s.io/api core/v1 and of k8s.io/apimachinery meta/v1, 1.36.
import {
  bytes,
  type Decoded,
  decodeMessage,
  each,
  flag,
  int64,
  jsonBytes,
  mapOf,
  messageOf,
  one,
  type Shape,
  text,
  unlessEmpty,
  unread,
} from './protobuf-shape.ts';

const word = unlessEmpty(text);

/** The years of RFC 3339, 1 to 9999, in seconds since 1970. */
const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

const timestamp = messageOf(
  new Map([
    [1, one('seconds', int64)],
    // Kubernetes writes none and reads none (time_proto.go).
    [2, one('nanos', int64)],
  ]),
);

/** metav1.Time; an empty one is none. */
const time: Shape = (field, decoding, path) => {
  if (typeof field.value !== 'bigint' && field.value.length === 0) return undefined;
  const { seconds = 0 } = timestamp(field, decoding, path) ?? {};
  if (typeof seconds === 'number' && seconds >= FIRST_SECOND && seconds <= LAST_SECOND)
    return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  return unread(decoding, path);
};

const ownerReference = messageOf(
  new Map([
    [1, one('kind', text)],
    [3, one('name', text)],
    [4, one('uid', text)],
    [5, one('apiVersion', text)],
    [6, one('controller', flag)],
    [7, one('blockOwnerDeletion', flag)],
  ]),
);

const fieldsV1 = messageOf(new Map([[1, one('raw', jsonBytes)]]));

const managedFieldsEntry = messageOf(
  new Map([
    [1, one('manager', word)],
    [2, one('operation', word)],
    [3, one('apiVersion', word)],
    [4, one('time', time)],
    [6, one('fieldsType', word)],
    [7, one('fieldsV1', (...at) => fieldsV1(...at)?.raw)],
    [8, one('subresource', word)],
  ]),
);

const objectMeta = messageOf(
  new Map([
    [1, one('name', word)],
    [2, one('generateName', word)],
    [3, one('namespace', word)],
    [4, one('selfLink', word)],
    [5, one('uid', word)],
    [6, one('resourceVersion', word)],
    [7, one('generation', unlessEmpty(int64))],
    [8, one('creationTimestamp', time)],
    [9, one('deletionTimestamp', time)],
    [10, one('deletionGracePeriodSeconds', int64)],
    [11, mapOf('labels', text)],
    [12, mapOf('annotations', text)],
    [13, each('ownerReferences', ownerReference)],
    [14, each('finalizers', text)],
    [17, each('managedFields', managedFieldsEntry)],
  ]),
);

const secret = messageOf(
  new Map([
    [1, one('metadata', objectMeta)],
    [2, mapOf('data', bytes)],
    [3, one('type', word)],
    [4, mapOf('stringData', text)],
    [5, one('immutable', flag)],
  ]),
);

/** `raw`: what the envelope holds, without its type. Unset values are left out, as Go's own JSON does. */
export const decodeSecret = (raw: Uint8Array): Decoded => decodeMessage(secret, raw);
