// What an installation that works answers, question by question. Nothing here changes anything: what is written are dry
// runs, and they must be refused.
import { guardedIn, type Webhook } from '../guard/configuration.ts';
import { isNeverInjected } from '../injected.ts';
import { pathOf } from '../kube/paths.ts';
import { MARKER, PLAIN_POD, POLICY } from './asked.ts';
import type { Answer, Site } from './site.ts';

/** Of a complaint: the rest is in the log of whoever complains. */
const MAX_REASON = 400;

/** What the API server decides by itself: the chart's templates/admission/, which a test compares. */
export const STATIC_POLICIES = [
  'chaperone-annotations',
  'chaperone-exec',
  'chaperone-injected',
  'chaperone-injected-unlabelled',
  'chaperone-label',
  'chaperone-label-aside',
  'chaperone-sentinel',
  'chaperone-status',
] as const;

export interface Check {
  readonly what: string;
  /** Empty where it holds, else why it does not. */
  readonly why: (site: Site, namespace: string) => Promise<string>;
}

export const CHECKS: readonly Check[] = [
  {
    what: 'the API server serves AgentPolicies and Grants',
    async why({ api }) {
      const kinds = ['agentpolicies', 'grants'] as const;
      const answers = await Promise.all(
        kinds.map((kind) => api('GET', pathOf(kind, { query: { limit: '1' } }))),
      );
      return answers.map((answer) => unless(answer.status === 200, answer)).find(Boolean) ?? '';
    },
  },
  {
    what: 'a controller answers behind its Service, by a certificate of its root, and is ready',
    async why({ controller }) {
      const answer = await controller('GET', '/readyz');
      return unless(answer.status === 200, answer);
    },
  },
  {
    what: 'it gives a plain pod a sidecar',
    async why({ controller }) {
      const answer = await controller('POST', '/mutate-pods', PLAIN_POD);
      const { allowed, patch = '' } = read(answer).response ?? {};
      const added = Buffer.from(patch, 'base64').toString().includes('"name":"chaperone"');
      return unless(allowed === true && added, answer);
    },
  },
  {
    what: 'it refuses a pod that has none',
    async why({ controller }) {
      const answer = await controller('POST', '/validate-pods', PLAIN_POD);
      const { allowed, status } = read(answer).response ?? {};
      const why = status?.details?.causes?.map(({ reason }) => reason);
      return unless(allowed === false && why?.includes('NotInjected') === true, answer);
    },
  },
  {
    what: 'the API server asks it: an AgentPolicy in its own namespace is refused',
    async why({ api }, namespace) {
      const answer = await api(
        'POST',
        pathOf('agentpolicies', { namespace, query: { dryRun: 'All' } }),
        POLICY,
      );
      return unless(said(answer).includes('"policies.chaperone.dev" denied the request'), answer);
    },
  },
  {
    what: 'the API server asks the workload guard about every namespace with AgentPolicies',
    async why({ api, service }, namespace) {
      const path = pathOf('validatingwebhookconfigurations', { name: 'chaperone-workloads' });
      const [policies, configuration] = await Promise.all([
        api('GET', pathOf('agentpolicies', { query: { limit: '500' } })),
        api('GET', path),
      ]);
      const guarded = guardedIn(read(configuration).webhooks ?? [], { name: service, namespace });
      const missed = (read(policies).items ?? [])
        .map(({ metadata }) => metadata.namespace)
        .find((each) => !guarded.has(each) && !isNeverInjected(namespace, each));
      return unless(configuration.status === 200, configuration) || (missed ? `not ${missed}` : '');
    },
  },
  {
    what: 'all static policies stand, and each is bound to deny',
    async why({ api }) {
      const reasons = await Promise.all(STATIC_POLICIES.map((name) => unbound(api, name)));
      return reasons.find(Boolean) ?? '';
    },
  },
  {
    what: 'the API server refuses by itself to store a sentinel',
    async why({ api }, namespace) {
      const path = pathOf('configmaps', { namespace, query: { dryRun: 'All' } });
      const answer = await api('POST', path, { metadata: { name: 'chaperone-check' }, data: { a: MARKER } });
      return unless(said(answer).includes("ValidatingAdmissionPolicy 'chaperone-sentinel'"), answer);
    },
  },
];

async function unbound(api: Site['api'], name: string): Promise<string> {
  const policy = await api('GET', pathOf('validatingadmissionpolicies', { name }));
  const binding = await api('GET', pathOf('validatingadmissionpolicybindings', { name }));
  const { policyName, validationActions } = read(binding).spec ?? {};
  const denies = policyName === name && validationActions?.includes('Deny') === true;
  return unless(policy.status === 200, policy) || (denies ? '' : `${name}: ${unless(false, binding)}`);
}

function unless(holds: boolean, { status, text }: Answer): string {
  if (holds) return '';
  return `${status} ${said({ status, text }).trim()}`.slice(0, MAX_REASON);
}

/** The message of a Status, else all of it. */
const said = (answer: Answer): string => read(answer).message ?? answer.text;

interface Said {
  /** Of a list. */
  readonly items?: readonly { readonly metadata: { readonly namespace: string } }[];
  /** Of a webhook configuration. */
  readonly webhooks?: readonly Webhook[];
  /** Of a binding. */
  readonly spec?: { readonly policyName?: string; readonly validationActions?: readonly string[] };
  /** Of a Status. */
  readonly message?: string;
  /** Of an AdmissionReview. */
  readonly response?: {
    readonly allowed?: boolean;
    readonly patch?: string;
    readonly status?: { readonly details?: { readonly causes?: readonly { readonly reason: string }[] } };
  };
}

function read({ text }: Answer): Said {
  try {
    return JSON.parse(text) as Said;
  } catch {
    return {};
  }
}
