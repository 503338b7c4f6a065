// What an agent may write of pods and their templates: judged on the final object, after every mutating webhook and default,
// by what the agent holds at this moment. A wall and not the policy's word: Observe does not lift it.
import type { Asked } from '../../policy/describe.ts';
import { guard } from '../../policy/guard/guard.ts';
import { refuse } from '../../policy/refusal.ts';
import { toStatus } from '../../policy/status.ts';
import type { AgentFacts } from '../guard/agents.ts';
import { type AdmissionRequest, type Decided, operationOf } from './admission.ts';
import { refuse as refuseOperation, statusOf } from './refusals.ts';

export async function admitWorkload(
  request: AdmissionRequest,
  asked: Asked,
  facts: AgentFacts,
): Promise<Decided> {
  const { operation, resource, subResource, namespace, name, userInfo, object, oldObject } = request;
  if (operation !== 'CREATE' && operation !== 'UPDATE')
    return denied(statusOf(asked, refuseOperation('UnknownOperation', operationOf(request))));
  const by = await facts.askedBy(userInfo);
  if (by.kind === 'other') return { kind: 'allowed' };
  if (by.kind === 'unproven') return denied(toStatus(refuse('GuardCutOff', { request: asked })));
  const { entitlements, nowMs } = by;
  const { ground, serviceAccount } = entitlements;
  const write = {
    operation: operation as 'CREATE' | 'UPDATE',
    apiGroup: resource.group,
    resource: resource.resource,
    subresource: subResource || undefined,
    namespace,
    name: name || undefined,
    object,
    oldObject: oldObject ?? undefined,
  };
  const own = { namespace: ground.namespace, serviceAccount };
  const refusal = guard(asked, write, entitlements, own, nowMs);
  return refusal === undefined ? { kind: 'allowed' } : denied(toStatus(refusal));
}

const denied = (status: Extract<Decided, { kind: 'denied' }>['status']): Decided => ({
  kind: 'denied',
  status,
});
