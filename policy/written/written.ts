// What a write carries, read once and as the API server reads it: the value that goes on, or why it does not.
import type { ApiRequest } from '../api-request.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { againstUrl, type Mismatch } from './against-url.ts';
import { readEnvelope } from './envelope.ts';
import { type Malformed, readStrictJson } from './json.ts';
import { formOf } from './media-type.ts';
import { readOperations } from './operations.ts';
import { decodeSecret } from './protobuf-secret.ts';
import type { UnknownField } from './protobuf-shape.ts';

export type Written =
  /**
   * To be printed again, by print.ts; `yaml`: the server reads YAML. `contentType`: what it is then, where it came as something
   * else.
   */
  | { readonly kind: 'json'; readonly value: unknown; readonly yaml: boolean; readonly contentType?: string }
  /** To go on as it came. */
  | { readonly kind: 'protobuf' };

type Fault = Malformed | Mismatch;

/**
 * Reads a body that is not empty; `contentType` is the header as it came. A Secret in protobuf is read whole, and goes on as
 * JSON: hidden values are put back there. Other objects in protobuf go on as they came.
 *
 * Refusals: UnsupportedMediaType for what is not read here, YAML that is not JSON and a Secret's field that is not known among
 * it; MalformedBody for what could be read in two ways or is beyond a bound; OtherObject where it is not for the object of the
 * URL.
 */
export function readWritten(
  bytes: Uint8Array,
  contentType: string | undefined,
  request: ApiRequest,
): Written | Refusal {
  const unsupported = () => refuse('UnsupportedMediaType', { request, type: contentType ?? '' });
  const form = formOf(request.method, contentType);
  if (form === undefined) return unsupported();
  if (form.kind === 'protobuf') {
    const read = readProtobuf(bytes, request);
    if (read.kind === 'unknownField') return unsupported();
    return read.kind === 'malformed' || read.kind === 'mismatch' ? refused(read, request) : read;
  }
  const read = readStrictJson(bytes);
  if (read.kind === 'malformed')
    return form.yaml && !beginsAsJson(bytes) ? unsupported() : refused(read, request);
  const operations = form.kind === 'operations' ? readOperations(read.value) : undefined;
  if (operations?.kind === 'malformed') return refused(operations, request);
  const fault = faultOf(operations?.parts ?? [read.value], request);
  return fault === undefined ? { ...read, yaml: form.yaml } : refused(fault, request);
}

function readProtobuf(bytes: Uint8Array, request: ApiRequest): Written | Fault | UnknownField {
  const isOptions = request.method === 'DELETE';
  const read = readEnvelope(bytes, isOptions ? 'options' : 'object');
  if (read.kind === 'malformed') return read;
  const fault = faultOf([read.object], request);
  if (fault !== undefined) return fault;
  if (isOptions || !isSecret(request)) return { kind: 'protobuf' };
  const decoded = decodeSecret(read.raw);
  if (decoded.kind !== 'decoded') return decoded;
  const { apiVersion, kind } = read.object;
  const value = { ...(apiVersion && { apiVersion }), ...(kind && { kind }), ...decoded.value };
  return { kind: 'json', value, yaml: false, contentType: 'application/json' };
}

const isSecret = (request: ApiRequest): boolean =>
  request.kind === 'resource' && request.apiGroup === '' && request.resource === 'secrets';

/** What is sent to a path that is no resource's is no object. */
function faultOf(parts: readonly unknown[], request: ApiRequest): Fault | undefined {
  if (request.kind === 'nonResource') return undefined;
  for (const part of parts) {
    const fault = againstUrl(part, request);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const refused = (fault: Fault, request: ApiRequest): Refusal =>
  fault.kind === 'malformed'
    ? refuse('MalformedBody', { request, why: fault.why })
    : refuse('OtherObject', { request, ...fault });

/** Else what was sent as YAML is YAML, and not JSON with a fault. */
function beginsAsJson(bytes: Uint8Array): boolean {
  return /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 1024)));
}
