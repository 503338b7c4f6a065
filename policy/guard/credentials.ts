// Every Secret and every credential that pods would be given. Found by the names that Kubernetes gives such fields, wherever
// they stand, so that a field of tomorrow is found too; what is found and not understood is not permitted.
import { type Finding, finding } from './finding.ts';
import { type Fields, isFields, visitAll } from './json.ts';
import type { Permitted } from './permitted.ts';
import { serviceAccountOf } from './service-account.ts';

const SECRET = /secret/i;
const CREDENTIAL = /token|credential|podcertificate/i;

/** Whether a token is mounted: that is a matter of the ServiceAccount, which is judged by itself. */
const MOUNTS_TOKEN = 'automountServiceAccountToken';

/** Their fields are names that whoever writes the pod chose. `volumeAttributes` and `options` are their driver's to read. */
const NAMES_OF_ITS_OWN: ReadonlySet<string> = new Set([
  'annotations',
  'labels',
  'matchLabels',
  'nodeSelector',
  'volumeAttributes',
  'options',
  'limits',
  'requests',
  'overhead',
]);

export function credentialsIn(spec: Fields, path: string, permitted: Permitted): Finding[] {
  const isOwn = serviceAccountOf(spec) === permitted.ownServiceAccount;
  const findings: Finding[] = [];
  const isWhole = visitAll(spec, path, ({ field, path: at, value }) => {
    if (NAMES_OF_ITS_OWN.has(field) || value === null || field === MOUNTS_TOKEN) return 'leave';
    if (CREDENTIAL.test(field)) {
      findings.push(...credential(field, at, value, isOwn, permitted));
      return 'leave';
    }
    if (!SECRET.test(field)) return 'enter';
    findings.push(...secret(at, value, permitted));
    return 'leave';
  });
  return isWhole ? findings : [...findings, finding('PodUnread', path)];
}

/** A name, what has a `name` or a `secretName`, or a list of such. */
function secret(path: string, value: unknown, permitted: Permitted): Finding[] {
  if (Array.isArray(value)) return value.flatMap((each, at) => secret(`${path}[${at}]`, each, permitted));
  const [field, name] = nameIn(value);
  const isKnown = typeof name === 'string' && name !== '' && !namesNamespace(value);
  return isKnown && permitted.mayUse(name) ? [] : [finding('PodSecret', path + field, name)];
}

function nameIn(value: unknown): readonly [string, unknown] {
  if (!isFields(value)) return ['', value];
  return Object.hasOwn(value, 'secretName') ? ['.secretName', value.secretName] : ['.name', value.name];
}

/** References of pods lie in their own namespace; one that says which is of a kind that is not known here. */
const namesNamespace = (value: unknown): boolean => isFields(value) && Object.hasOwn(value, 'namespace');

/**
 * Whatever runs as a ServiceAccount has its token for the API server, so the rule that lets pods run as one lets them have
 * it. That of the agent's own would lead past the sidecar.
 */
function credential(
  field: string,
  path: string,
  value: unknown,
  isOwn: boolean,
  { tokenAudiences }: Permitted,
): Finding[] {
  if (field !== 'serviceAccountToken' || !isFields(value)) return [finding('PodCredential', path)];
  const { audience = '' } = value;
  if (audience === '') return isOwn ? [finding('PodCredential', path)] : [];
  const isPermitted = typeof audience === 'string' && tokenAudiences.has(audience);
  return isPermitted ? [] : [finding('PodToken', `${path}.audience`, audience)];
}
