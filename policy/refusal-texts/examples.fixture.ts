// One example of every row of every table, for the tests and for docs/refusals.md. A row without one does not compile.
import type { Asked } from '../describe.ts';
import { requestOf } from '../fixtures.ts';
import { callTexts } from './calls.ts';
import { kindTexts } from './kinds.ts';
import { podTexts } from './pods.ts';
import type { FactsOf, Texts } from './row.ts';
import { sidecarTexts } from './sidecars.ts';
import type { workloadTexts } from './workloads.ts';

type Examples<T extends Texts> = {
  readonly [C in keyof T]: { readonly facts: FactsOf<T, C>; readonly asked?: Asked };
};

const of = <F extends object>(facts: F, asked?: Asked) => ({ facts, ...(asked && { asked }) });
const NONE = of({});

const policy = 'agents/triage';
const terms = {
  policy,
  scope: 'read-web-tls',
  maxDuration: '10m',
  approvers: ['sre'],
  pod: { namespace: 'agents', name: 'triage-5d9c', uid: '0b9f6f0e-5a30-4e0f-9d2c-1f1b8c1d2e3f' },
};
const readTls = requestOf('GET', '/api/v1/namespaces/shop/secrets/web-tls');
const writeTls = requestOf('PATCH', '/api/v1/namespaces/shop/secrets/web-tls');
const webPods = '/api/v1/namespaces/shop/pods';
const exec = requestOf('POST', `${webPods}/web-0/exec?container=app&command=sh&stdin=true&stdout=true`);
const execByGet = requestOf('GET', exec.target);
const unread = (method: string, target: string): Asked => ({ kind: 'unread', method, target });

const web = requestOf('PATCH', '/apis/apps/v1/namespaces/shop/deployments/web');
const inPods = (field: string, name = '') => of({ policy, where: `spec.template.spec.${field}`, name }, web);

const workloads: Examples<typeof workloadTexts> = {
  PodSecret: inPods('volumes[0].secret.secretName', 'web-tls'),
  PodServiceAccount: inPods('serviceAccountName', 'default'),
  PodToken: inPods('volumes[0].projected.sources[0].serviceAccountToken.audience', 'vault'),
  PodCsiDriver: inPods('volumes[0].csi.driver', 'secrets-store.csi.k8s.io'),
  PodHostPath: inPods('volumes[0].hostPath.path', '/var/log'),
  PodHostNamespace: inPods('hostNetwork', 'network'),
  PodPrivileged: inPods('containers[0].securityContext.privileged'),
  PodCapability: inPods('containers[0].securityContext.capabilities.add[0]', 'NET_ADMIN'),
  PodCredential: inPods('volumes[0].projected.sources[0].podCertificate'),
  PodUnsafe: inPods('containers[0].securityContext.procMount'),
  PodPlacement: inPods('nodeName'),
  PodRollback: of(
    { policy, where: 'metadata.annotations[deprecated.deployment.rollback.to]', name: '' },
    web,
  ),
  PodOwner: of({ policy, where: 'metadata.ownerReferences[0]', name: '' }, requestOf('POST', webPods)),
  PodUnknown: inPods('volumes[0].gitRepo'),
  PodUnread: inPods('containers[0]'),
};

const calls: Examples<typeof callTexts> = {
  MalformedTarget: of({ why: 'its path has a dot segment' }, unread('GET', '/api/v1/./secrets')),
  MalformedRequest: of({ why: 'its header accept stands there twice' }),
  MalformedBody: of(
    { why: 'its body has the key "data.a" twice' },
    requestOf('POST', '/api/v1/namespaces/shop/configmaps'),
  ),
  OtherObject: of(
    { field: 'metadata.name', inBody: 'db', inPath: 'web' },
    requestOf('PUT', '/api/v1/namespaces/shop/configmaps/web'),
  ),
  OtherIdentity: of({ header: 'impersonate-user' }),
  UnsupportedMethod: of({}, unread('TRACE', '/api/v1/pods')),
  UpgradeRefused: of({}, requestOf('GET', `${webPods}?watch=1`)),
  UpgradeRequired: of({}, execByGet),
  UpgradeUnknown: of({ upgrade: 'h2c' }, exec),
  ProtocolUnknown: of({ protocols: ['v6.channel.k8s.io'] }, execByGet),
  WorkloadPatch: of({}, web),
  ContinueUnknown: of({}, requestOf('GET', `${webPods}?continue=eyJ2Ijoi`)),
  UnknownCaller: NONE,
  NoPolicy: of({ serviceAccount: 'agents/bot' }),
  PolicyConflict: of({ policies: ['agents/a', 'agents/b'] }),
  NoRule: of(
    { policy, near: '; it allows get, list, watch of pods in namespace shop' },
    requestOf('DELETE', `${webPods}/web-0`),
  ),
  Never: of({ rule: 'AgentPolicy agents/triage never[0]' }),
  ClosedList: of(
    { why: 'it hands out credentials' },
    requestOf('POST', '/api/v1/namespaces/shop/serviceaccounts/web/token'),
  ),
  ClosedUnlessNamed: of(
    { policy, why: 'it is the machine below every pod', by: 'this one object in resourceNames' },
    requestOf('GET', '/api/v1/nodes'),
  ),
  KindNotNamed: of(
    { policy },
    requestOf('PATCH', '/apis/serving.example.com/v1/namespaces/shop/services/web'),
  ),
  StandingEnded: of({ rule: 'AgentPolicy agents/triage standing.rules[0]' }),
  GrantEnded: of({ ...terms, rule: 'Grant agents/triage-7f2' }, readTls),
  RevealEnded: of(
    { rule: 'Grant agents/triage-7f2', now: 'AgentPolicy agents/triage standing.rules[0]' },
    readTls,
  ),
  FilterNarrowed: of(
    { rule: 'Grant agents/triage-7f2', now: 'AgentPolicy agents/triage standing.rules[0]' },
    requestOf('GET', `${webPods}?watch=1`),
  ),
  MaskingAdded: of(
    { rule: 'AgentPolicy agents/triage standing.rules[0]' },
    requestOf('GET', `${webPods}?watch=1`),
  ),
  HiddenSelected: of(
    {},
    requestOf('GET', '/apis/shop.example/v1/namespaces/shop/doors?fieldSelector=spec.pin%3D4'),
  ),
  GrantAvailable: of({ ...terms, ended: undefined }, readTls),
  NotOneCall: of(
    { why: 'a star stands for everything' },
    { kind: 'resource', verb: '*', apiGroup: '', resource: '*', namespace: 'shop' },
  ),
  QuorumNotYet: of({ policy, scope: 'read-web-tls', required: 2, groups: ['sre'] }, readTls),
  BudgetSpent: of(
    {
      rule: 'AgentPolicy agents/triage budgets[0]',
      verbs: ['delete', 'deletecollection'],
      max: 3,
      per: '10m',
      retryAfterSeconds: 432,
    },
    requestOf('DELETE', `${webPods}/web-0`),
  ),
  CollectionNotCounted: of({ rule: 'AgentPolicy agents/triage budgets[0]' }, requestOf('DELETE', webPods)),
  StreamNotYet: of({}, requestOf('GET', `${webPods}/web-0/proxy/metrics`)),
  ContainerNotNamed: of(
    { policy, near: '; the rules for this pod give container app' },
    requestOf('POST', `${webPods}/web-0/exec?command=ls`),
  ),
  ContainerNotAllowed: of(
    { policy, container: 'db', near: '; the rules for this pod give container app' },
    exec,
  ),
  CommandNotAllowed: of(
    {
      policy,
      container: 'app',
      command: ['sh'],
      near: '; the rules for this container give what begins with: ls /var/log',
    },
    exec,
  ),
  PortNotAllowed: of(
    { policy, port: 5432, near: '; the rules for this pod give port 8080' },
    requestOf('GET', `${webPods}/web-0/portforward?ports=5432`),
  ),
  RecordingAdded: of(
    { rule: 'Grant agents/triage-7f2', now: 'AgentPolicy agents/triage standing.rules[0]' },
    exec,
  ),
  ...workloads,
  SentinelInWrite: of({ field: 'data.password' }, requestOf('PUT', '/api/v1/namespaces/shop/configmaps/web')),
  SentinelInRelease: of({}, requestOf('POST', '/api/v1/namespaces/shop/secrets')),
  SentinelMisplaced: of({ field: 'data.password', belongsAt: 'data.user' }, writeTls),
  SentinelStale: of({ field: 'data.password' }, writeTls),
  HiddenOverwritten: of({ field: 'data.password' }, writeTls),
  HiddenTextOverwritten: of({ field: 'data.url' }, writeTls),
  HiddenCarried: of({ field: 'data.password' }, writeTls),
  ObjectChanged: of({ field: 'metadata.resourceVersion' }, writeTls),
  LiveForbidden: of({}, writeTls),
  LiveUnreadable: of({ why: 'the API server answered 503' }, writeTls),
  StaleLease: NONE,
  NotGuarded: of({}, web),
  GuardCutOff: of({}, web),
  BudgetUnanswered: of({}, requestOf('DELETE', `${webPods}/web-0`)),
  CredentialUnreadable: NONE,
  RecordFailed: NONE,
  RecordingFailed: of({ why: 'no controller took it' }, exec),
  RecordingEnded: of({ why: 'no controller has taken the last 10 s of it' }, exec),
  Draining: NONE,
  TooLarge: of({ limitBytes: 4194304 }, requestOf('POST', '/api/v1/namespaces/shop/configmaps')),
  Busy: NONE,
  UpstreamBusy: of({ retryAfterSeconds: 2 }, readTls),
  UnsupportedMediaType: of(
    { type: 'application/cbor' },
    requestOf('POST', '/api/v1/namespaces/shop/configmaps'),
  ),
  NotAcceptable: of({}, readTls),
  NotServed: of({}, requestOf('GET', '/apis/x.io/v1/widgets')),
  VerbNotServed: of({}, requestOf('GET', '/apis/x.io/v1/widgets')),
  UnreadableResponse: of({ why: 'it came as "text/plain" where JSON was asked for' }, readTls),
  UpstreamUnavailable: of({ why: 'ECONNREFUSED' }),
  UnexpectedRedirect: of({ status: 302 }),
  UnexpectedUpgrade: NONE,
  UnexpectedProtocol: of({ protocol: 'v4.channel.k8s.io' }, execByGet),
  Internal: of({ auditId: '6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10' }),
};

const where = (field: string) => of({ where: field });

const pods: Examples<typeof podTexts> = {
  Malformed: where('request.object'),
  UnknownOperation: NONE,
  TooMany: where('spec.volumes'),
  StaticPod: where('metadata.annotations[kubernetes.io/config.mirror]'),
  Windows: where('spec.os.name'),
  SharedNamespace: where('spec.hostPID'),
  Privileged: where('spec.containers[agent].securityContext.privileged'),
  AddedCapability: where('spec.containers[agent].securityContext.capabilities.add[SYS_PTRACE]'),
  UnmaskedProc: where('spec.containers[agent].securityContext.procMount'),
  ReservedId: where('spec.securityContext.runAsUser'),
  VolumeKind: where('spec.volumes[host].hostPath'),
  TokenVolume: where('spec.volumes[token].projected.serviceAccountToken'),
  CloudIdentity: where('spec.containers[agent].env[AWS_WEB_IDENTITY_TOKEN_FILE]'),
  TokenPathTaken: where('spec.containers[agent].volumeMounts[token]'),
  PodWide: where('spec.securityContext.appArmorProfile'),
  ReservedName: where('spec.volumes[chaperone-mine]'),
  ReachesSidecar: where('spec.containers[agent].volumeMounts[chaperone-keys]'),
  SidecarAnnotation: where('metadata.annotations[container.apparmor.security.beta.kubernetes.io/chaperone]'),
  ForgedSidecar: where('spec.initContainers[chaperone].image'),
  NotInjected: where('spec.initContainers'),
  SidecarChanged: where('spec.initContainers[chaperone].image'),
};

const detail = (text: string) => of({ detail: text });

const kinds: Examples<typeof kindTexts> = {
  Malformed: where('the request body'),
  UnknownOperation: NONE,
  InvalidObject: detail('spec.standing.rules[0].namespaces: is missing'),
  NamespaceNotLabelled: detail('agents'),
  TooManyPolicies: detail('agents has 32 AgentPolicies already'),
  TooManyGrants: detail('agents has 512 Grants already'),
  ServiceAccountTaken: detail('AgentPolicy triage already names ServiceAccount triage-bot'),
  StatusNotYours: detail('jane'),
  ImmutableSpec: NONE,
  GovernedAgent: detail('system:serviceaccount:agents:triage-bot'),
  ServiceAccountApprover: detail('system:serviceaccount:agents:ci'),
  ImpersonatedApprover: detail('jane'),
  NotApprover: detail('jane may not approve AgentPolicy triage of agents'),
  ApprovalMissing: detail('scope read-web-tls needs the agreement of 1 of sre, and jane is in none of them'),
};

const SERVE = of({}, { kind: 'other', what: 'to serve this sidecar' });

const sidecars: Examples<typeof sidecarTexts> = {
  StaleProof: NONE,
  UnfitKey: detail('it is not an RSA key'),
  SharedKey: NONE,
  ProofMismatch: NONE,
  TokenRejected: NONE,
  NotAPod: NONE,
  PodGone: NONE,
  OtherPod: NONE,
  OtherServiceAccount: NONE,
  PodEnding: NONE,
  NamespaceUnseen: NONE,
  SidecarMissing: detail('it has no init container "chaperone"'),
  LoopbackRootGone: NONE,
  TooManyEnrolments: SERVE,
  CutOff: SERVE,
  NoEnrolRequest: SERVE,
  NoIdentity: SERVE,
  AgentGone: SERVE,
  TooManySidecars: SERVE,
  NoSpendRequest: SERVE,
  NotFollowing: SERVE,
  TooManyCounts: SERVE,
  NoSuchRoute: SERVE,
  ApiServerSilent: SERVE,
};

interface Speaker {
  readonly title: string;
  readonly texts: Texts;
  readonly examples: Readonly<Record<string, { readonly facts: object; readonly asked?: Asked }>>;
  /** Where the example names nothing else. */
  readonly asked: Asked;
}

const created = (resource: string, apiGroup: string, namespace: string, name: string): Asked => ({
  kind: 'resource',
  verb: 'create',
  apiGroup,
  resource,
  namespace,
  name,
});

/** Every table, with who speaks. */
export const SPEAKERS: readonly Speaker[] = [
  {
    title: 'Calls of an agent',
    texts: callTexts,
    examples: calls,
    asked: requestOf('GET', '/apis/apps/v1/namespaces/shop/deployments/web'),
  },
  { title: 'Pods', texts: podTexts, examples: pods, asked: created('pods', '', 'agents', 'triage-5d9c') },
  {
    title: 'AgentPolicies and Grants',
    texts: kindTexts,
    examples: kinds,
    asked: created('grants', 'chaperone.dev', 'agents', 'triage-7f2'),
  },
  {
    title: 'Sidecars',
    texts: sidecarTexts,
    examples: sidecars,
    asked: { kind: 'other', what: 'to attest this sidecar' },
  },
];
