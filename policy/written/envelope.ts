// A protobuf body as far as it must be known: what kind of object it carries, and how that is named. The rest is the API
// server's to read.
import { type Malformed, malformed } from './json.ts';
import { readFields } from './protobuf.ts';

/** What a body in JSON says of its object, said in protobuf; empty where it is not said. */
export interface Enveloped {
  readonly kind: 'enveloped';
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly generateName: string; readonly namespace: string };
  };
  /** The object itself, in protobuf. */
  readonly raw: Uint8Array;
}

/** Before a runtime.Unknown: k8s.io/apimachinery/pkg/runtime/serializer/protobuf. */
const PREFIX = [0x6b, 0x38, 0x73, 0x00];

/** Messages by their first fields, all of them LEN: runtime.Unknown and TypeMeta, any object, metav1.ObjectMeta. */
const ENVELOPE = ['typeMeta', 'raw', 'contentEncoding', 'contentType'] as const;
const TYPE_META = ['apiVersion', 'kind'] as const;
const OBJECT = ['metadata'] as const;
const META = ['name', 'generateName', 'namespace'] as const;

const NOTHING = new Uint8Array();

/**
 * Reads the envelope and, of an object (options have no metadata), the names in it.
 *
 * Malformed: no envelope; one of these messages cannot be read or has one of these fields twice, of which Go would take the
 * last or merge the two; an object of which the envelope says that it is encoded otherwise.
 */
export function readEnvelope(bytes: Uint8Array, carries: 'object' | 'options'): Enveloped | Malformed {
  if (PREFIX.some((byte, at) => bytes[at] !== byte)) return malformed('is no object in protobuf');
  const envelope = read('its envelope', ENVELOPE, bytes.subarray(PREFIX.length));
  if (envelope.kind === 'malformed') return envelope;
  const { typeMeta, raw, contentEncoding, contentType } = envelope.fields;
  if (contentEncoding.length + contentType.length > 0)
    return malformed('is an object in protobuf that is said to be encoded otherwise');
  const type = read('typeMeta', TYPE_META, typeMeta);
  if (type.kind === 'malformed') return type;
  const object = read('the object', OBJECT, carries === 'object' ? raw : NOTHING);
  if (object.kind === 'malformed') return object;
  const meta = read('metadata', META, object.fields.metadata);
  if (meta.kind === 'malformed') return meta;
  return { kind: 'enveloped', object: { ...texts(type.fields), metadata: texts(meta.fields) }, raw };
}

interface Message<Name extends string> {
  readonly kind: 'message';
  /** Empty where it is absent, as in Go. */
  readonly fields: Readonly<Record<Name, Uint8Array>>;
}

function read<Name extends string>(
  what: string,
  names: readonly Name[],
  bytes: Uint8Array,
): Message<Name> | Malformed {
  const found = new Map<Name, Uint8Array>();
  const fields = readFields(bytes);
  if (fields === undefined) return malformed(`is in protobuf that cannot be read: ${what}`);
  for (const { number, value } of fields) {
    const name = names[number - 1];
    if (name === undefined) continue;
    if (typeof value === 'bigint') return malformed(`is in protobuf that cannot be read: ${name}`);
    if (found.has(name)) return malformed(`has ${name} twice`);
    found.set(name, value);
  }
  const entries = names.map((name) => [name, found.get(name) ?? NOTHING]);
  return { kind: 'message', fields: Object.fromEntries(entries) };
}

/** What is not UTF-8 becomes U+FFFD, which is in no name. */
function texts<Name extends string>(
  fields: Readonly<Record<Name, Uint8Array>>,
): Readonly<Record<Name, string>> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const entries = Object.entries<Uint8Array>(fields).map(([name, bytes]) => [name, decoder.decode(bytes)]);
  return Object.fromEntries(entries);
}
