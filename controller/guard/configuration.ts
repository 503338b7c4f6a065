// The webhook configuration by which the API server asks the workload guard, printed whole from the namespaces whose agents it
// is asked about; and read back, so that what stands can be told from what should. Pure.
import { isSame } from '../../policy/guard/json.ts';
import { WORKLOADS } from '../../policy/guard/workload-kinds.ts';
import { isNeverInjected } from '../injected.ts';

/** Beyond them the last of the alphabet are left out: CEL reads no longer expression, and their agents write no workloads. */
export const MAX_NAMESPACES = 1000;

/** The path of the webhook; controller/webhooks/routes.ts answers it. */
export const GUARD_ROUTE = 'validate-workloads';

const NAME = 'workloads.chaperone.dev';

/** Of the controllers. */
export interface Service {
  readonly name: string;
  readonly namespace: string;
}

/** admissionregistration.k8s.io/v1 ValidatingWebhook, as far as it is looked at here. */
export interface Webhook {
  readonly clientConfig?: { readonly caBundle?: string };
  readonly matchConditions?: readonly { readonly expression?: string }[];
}

/** One webhook, or none where there is no namespace. Every field that the API server would default is written. */
export function printWebhooks(
  namespaces: Iterable<string>,
  service: Service,
  caBundle: string | undefined,
): Webhook[] {
  // Without the controllers of kube-system there are no pods at all, and so nobody who would answer.
  const asked = [...new Set(namespaces)].filter((each) => !isNeverInjected(service.namespace, each));
  const names = asked.sort().slice(0, MAX_NAMESPACES);
  if (names.length === 0) return [];
  const webhook = {
    name: NAME,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      service: { ...service, path: `/${GUARD_ROUTE}`, port: 443 },
      ...(caBundle !== undefined && { caBundle }),
    },
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: 5,
    namespaceSelector: {},
    objectSelector: {},
    rules: RULES,
    // An outage of the controllers refuses what these write, and nothing of anybody else's.
    matchConditions: [{ name: 'agents', expression: printExpression(names) }],
  };
  return [webhook];
}

const RULES = [...new Set(WORKLOADS.map(({ apiGroup }) => apiGroup))].map((apiGroup) => ({
  apiGroups: [apiGroup],
  apiVersions: ['*'],
  operations: ['CREATE', 'UPDATE'],
  resources: WORKLOADS.filter((each) => each.apiGroup === apiGroup).map(({ resource }) => resource),
  scope: 'Namespaced',
}));

/**
 * Of the user's name, which nobody impersonates in part, and not of the groups: of those a person may have hundreds, and an
 * expression that costs too much refuses the call (RuntimeCELCostBudgetMatchConditions).
 */
const printExpression = (names: readonly string[]) =>
  "request.userInfo.username.startsWith('system:serviceaccount:') && " +
  `request.userInfo.username.split(':')[2] in [${names.map((name) => `'${name}'`).join(', ')}]`;

/** The namespaces whose agents the API server asks about, by what stands; none where anything of it is otherwise. */
export function guardedIn(webhooks: readonly Webhook[], service: Service): ReadonlySet<string> {
  const [webhook] = webhooks;
  const expression = webhook?.matchConditions?.[0]?.expression ?? '';
  const names = [...expression.slice(expression.indexOf('[2] in [')).matchAll(/'([^']*)'/g)].map(
    ([, name = '']) => name,
  );
  const printed = printWebhooks(names, service, webhook?.clientConfig?.caBundle);
  return new Set(isSame(printed, webhooks) ? names : []);
}
