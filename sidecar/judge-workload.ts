// What an agent writes of pods where no webhook sees it (`chaperone run`): judged whole as it is sent, for whether and as what
// it stood there is not known. A patch says too little, and a body that is not JSON cannot be judged here.
import { creationOf } from '../policy/creation.ts';
import type { Permit } from '../policy/decide.ts';
import type { Entitlements } from '../policy/entitlements.ts';
import { guard } from '../policy/guard/guard.ts';
import { writesWorkload } from '../policy/guard/workload-kinds.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';

/** `bytes`: as they are forwarded. Undefined: nothing speaks against it, or it writes no pods. `--open` lifts this as well. */
export function judgeWorkload(
  bytes: Buffer,
  contentType: string | undefined,
  { request, unmasked }: Pick<Permit, 'request' | 'unmasked'>,
  entitlements: Entitlements | undefined,
  nowMs: number,
): Refusal | undefined {
  if (request.kind === 'nonResource' || unmasked || !writesWorkload(request)) return undefined;
  if (request.verb === 'patch') return refuse('WorkloadPatch', { request });
  if (entitlements === undefined) return refuse('StaleLease', { request });
  const read = readJson(bytes);
  if (read === undefined) return refuse('UnsupportedMediaType', { request, type: contentType ?? '' });
  const { verb, apiGroup, resource, subresource, namespace = '', name } = request;
  const place = { apiGroup, resource, subresource, namespace, name };
  const write = { ...place, object: read.object, oldObject: undefined };
  const judged = (operation: 'CREATE' | 'UPDATE') =>
    guard(request, { ...write, operation }, entitlements, undefined, nowMs);
  if (verb === 'create') return judged('CREATE');
  return judged('UPDATE') ?? (creationOf(request, contentType) && judged('CREATE'));
}

/** It was read strictly and printed by us, where it is JSON at all. */
function readJson(bytes: Buffer): { readonly object: unknown } | undefined {
  try {
    return { object: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return undefined;
  }
}
