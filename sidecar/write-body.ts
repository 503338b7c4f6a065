// What a write carries, read before it is forwarded: no sentinel may be stored, whatever the encoding hides, and what
// goes on is printed from what was read.
import { holdsSentinel } from '../masking/sentinel.ts';
import type { ApiRequest } from '../policy/api-request.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';

export interface CheckedBody {
  readonly kind: 'checked';
  readonly bytes: Buffer;
}

const JSON_TYPES = new Set([
  'application/json',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]);
/** kubectl sends JSON under these too; JSON is YAML, and the YAML that is not JSON has too many disguises. */
const YAML_TYPES = new Set(['application/yaml', 'application/apply-patch+yaml']);
/** Strings stand in protobuf as they are, so the marker is found in the bytes. */
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/**
 * Checks a request body by its content type (parameters are the server's to judge; a missing type is JSON, as upstream).
 *
 * Refusals: SentinelInWrite; MalformedRequest where JSON cannot be read; UnsupportedMediaType for what cannot be checked.
 */
export function checkWriteBody(
  bytes: Buffer,
  contentType: string | undefined,
  request: ApiRequest,
): CheckedBody | Refusal {
  if (bytes.length === 0) return { kind: 'checked', bytes };
  const type = (contentType ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (JSON_TYPES.has(type) || YAML_TYPES.has(type)) return checkJson(bytes, type, request);
  if (type === PROTOBUF) {
    return holdsSentinel(bytes.toString('latin1'))
      ? refuse('SentinelInWrite', { request })
      : { kind: 'checked', bytes };
  }
  return refuse('UnsupportedMediaType', { request, type });
}

function checkJson(bytes: Buffer, type: string, request: ApiRequest): CheckedBody | Refusal {
  let found = false;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'), (key, part: unknown, context?: { source?: string }) => {
      if (holdsSentinel(key) || (typeof part === 'string' && holdsSentinel(part))) found = true;
      return typeof part === 'number' ? exactly(part, context?.source) : part;
    });
  } catch {
    if (YAML_TYPES.has(type)) return refuse('UnsupportedMediaType', { request, type });
    return refuse('MalformedRequest', { request, why: 'its body is not JSON' });
  }
  if (found) return refuse('SentinelInWrite', { request });
  return { kind: 'checked', bytes: Buffer.from(JSON.stringify(value)) };
}

/** A number as it was written, where JavaScript's would be another one (int64, 1.0). */
function exactly(value: number, source: string | undefined): unknown {
  return source === undefined || String(value) === source
    ? value
    : (JSON as unknown as RawJson).rawJSON(source);
}

/** Not yet in TypeScript's library: https://tc39.es/proposal-json-parse-with-source/, in Node 21 and newer. */
interface RawJson {
  rawJSON(source: string): unknown;
}
