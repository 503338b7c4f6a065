// What a write carries, read once and as the API server reads it: the value that goes on, or why it does not.
import type { ApiRequest } from '../api-request.ts';
import { type Refusal, refuse } from '../refusal.ts';
import { againstUrl, type Mismatch } from './against-url.ts';
import { readEnvelope } from './envelope.ts';
import { type Malformed, readStrictJson } from './json.ts';
import { formOf } from './media-type.ts';
import { readOperations } from './operations.ts';

export type Written =
  /** To be printed again, by print.ts; `yaml`: the server reads YAML. */
  | { readonly kind: 'json'; readonly value: unknown; readonly yaml: boolean }
  /** To go on as it came. */
  | { readonly kind: 'protobuf' };

type Fault = Malformed | Mismatch;

/**
 * Reads a body that is not empty; `contentType` is the header as it came.
 *
 * Refusals: UnsupportedMediaType for what is not read here, YAML that is not JSON among it; MalformedBody for what could be
 * read in two ways or is beyond a bound; OtherObject where it is not for the object of the URL.
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
    const read = readEnvelope(bytes, request.method === 'DELETE' ? 'options' : 'object');
    const fault = read.kind === 'malformed' ? read : faultOf([read.object], request);
    return fault === undefined ? { kind: 'protobuf' } : refused(fault, request);
  }
  const read = readStrictJson(bytes);
  if (read.kind === 'malformed')
    return form.yaml && !beginsAsJson(bytes) ? unsupported() : refused(read, request);
  const operations = form.kind === 'operations' ? readOperations(read.value) : undefined;
  if (operations?.kind === 'malformed') return refused(operations, request);
  const fault = faultOf(operations?.parts ?? [read.value], request);
  return fault === undefined ? { ...read, yaml: form.yaml } : refused(fault, request);
}

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
