// Which webhook decides what, by its path: the one place where the decisions about pods, about our kinds and about what
// agents write meet.
import type { InjectorConfig } from '../../injector/config.ts';
import { statusOf as podStatusOf } from '../../injector/refusals.ts';
import { type Webhook as PodWebhook, reviewPod } from '../../injector/review.ts';
import type { Asked } from '../../policy/describe.ts';
import type { AgentFacts } from '../guard/agents.ts';
import { GUARD_ROUTE } from '../guard/configuration.ts';
import type { Admission, AdmissionRequest, Decided } from './admission.ts';
import { admitGrant, type GrantFacts } from './grants.ts';
import { admitPolicy, type PolicyFacts } from './policies.ts';
import { statusOf } from './refusals.ts';
import { admitWorkload } from './workloads.ts';

export interface WebhookSources {
  /** Of this moment and for this AdmissionReview: the control roots in it move on. */
  readonly injector: (review: unknown) => InjectorConfig;
  readonly policies: PolicyFacts;
  readonly grants: GrantFacts;
  readonly agents: AgentFacts;
}

type Decide = (request: AdmissionRequest, asked: Asked) => Promise<Decided>;

export function routes({
  injector,
  policies,
  grants,
  agents,
}: WebhookSources): Readonly<Record<string, Decide>> {
  const ofPods =
    (webhook: PodWebhook): Decide =>
    async (request, asked) => {
      const admission = reviewPod(webhook, request, injector({ request }));
      return admission.kind === 'allowed'
        ? admission
        : { kind: 'denied', status: podStatusOf(asked, admission) };
    };
  const ofKinds =
    (admit: (request: AdmissionRequest) => Promise<Admission>): Decide =>
    async (request, asked) => {
      const admission = await admit(request);
      return admission.kind === 'allowed'
        ? admission
        : { kind: 'denied', status: statusOf(asked, admission) };
    };
  return {
    'mutate-pods': ofPods('mutate'),
    'validate-pods': ofPods('validate'),
    'validate-policies': ofKinds((request) => admitPolicy(request, policies)),
    'validate-grants': ofKinds((request) => admitGrant(request, grants)),
    [GUARD_ROUTE]: (request, asked) => admitWorkload(request, asked, agents),
  };
}
