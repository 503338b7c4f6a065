// How a write is meant: the form of its body, whether it only tries, whether it takes what others own. Read as the API server
// reads it; where that is in doubt it only tries and takes nothing, under which the agent may do less.
import type { Write } from '../masking/put-back/put-back.ts';
import type { ApiRequest } from '../policy/api-request.ts';

/** k8s.io/apiserver/pkg/endpoints/handlers/patch.go: as it stands before its first `;`. */
const PATCH_FORMS: Readonly<Record<string, Write['form']>> = {
  'application/json-patch+json': 'operations',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** `value` is the body as it was read; its content type is one that is read here (policy/written/). */
export function writeOf(request: ApiRequest, contentType: string | undefined, value: unknown): Write {
  // The reader of targets takes each of them once.
  const parameter = (name: string) => request.query.find(([key]) => key === name)?.[1];
  return {
    form: request.verb === 'patch' ? (PATCH_FORMS[contentType?.split(';', 1)[0] ?? ''] ?? 'apply') : 'object',
    value,
    dryRun: parameter('dryRun') !== undefined,
    // Nobody's reading of a boolean makes these two false; of others even letters are folded (apimachinery runtime/conversion.go).
    force: ['true', '1'].includes(parameter('force') ?? ''),
    manager: parameter('fieldManager'),
  };
}
