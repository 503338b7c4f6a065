// What the chart's webhooks and static policies let through and refuse, asked of the real API server by kubectl.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { signCertificate } from '../../ca/x509.ts';
import { SENTINEL_MARKER } from '../../masking/sentinel.ts';
import { freshNamespace, suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { AGENT, agentNamespace, grant, idlePod, LABELLED, policy, policySpec } from './controller-fixture.ts';

const cluster = await suiteCluster();

/** What kubectl says when it creates this, as JSON and unchecked by itself; empty where it may. */
async function complaint(object: object, flags: readonly string[] = []): Promise<string> {
  const argv = ['create', '--validate=ignore', '-f', '-', ...flags];
  const { code, stderr } = await cluster.kubectl(argv, { input: JSON.stringify(object) });
  return code === 0 ? '' : stderr;
}

async function complaintOf(args: readonly string[]): Promise<string> {
  const { code, stderr } = await cluster.kubectl(args);
  return code === 0 ? '' : stderr;
}

const agents = await agentNamespace(cluster, 'chart');
const pod = { name: 'agent', uid: await agents.startPod('agent') };
afterAll(() => agents[Symbol.asyncDispose]());
const here = ['-n', agents.name];

test('a policy is accepted and says so', async () => {
  const condition = [
    'get',
    'agentpolicy',
    'triage',
    ...here,
    '-o',
    'jsonpath={.status.conditions[0].reason}',
  ];
  await expect.poll(() => ok(cluster.kubectl(condition))).toBe('Valid');
});

const [rule] = policySpec.standing.rules;
const standing = (rules: readonly object[]) => ({
  agents: { serviceAccounts: ['another'] },
  standing: { lifetime: '8h', rules },
});

test('accepts the policy that the next tests spoil, each in one place', async () => {
  expect(await complaint(policy(agents.name, standing([rule ?? {}]), 'sound'), ['--dry-run=server'])).toBe(
    '',
  );
});

test.each([
  ['a wildcard resource', standing([{ ...rule, resources: ['*'] }])],
  ['a wildcard verb', standing([{ ...rule, verbs: ['*'] }])],
  ['a wildcard group', standing([{ ...rule, apiGroups: ['*'] }])],
  ['no namespaces', standing([{ ...rule, namespaces: undefined }])],
  [
    'Secrets of all namespaces',
    standing([{ ...rule, namespaces: undefined, allNamespaces: true, resources: ['secrets'] }]),
  ],
  ['no end', { agents: { serviceAccounts: ['another'] }, standing: { rules: [rule] } }],
  [
    'an escalation by a broad rule',
    standing([{ ...rule, resources: ['serviceaccounts/token'], verbs: ['create'] }]),
  ],
  [
    'exec by a rule that names no pod',
    standing([
      { ...rule, resources: ['pods/exec'], verbs: ['create'], containers: ['app'], commands: [['ls']] },
    ]),
  ],
  ['a misspelt field', standing([{ ...rule, resourceName: ['web-0'] }])],
])('refuses a policy with %s', async (_, spec) => {
  expect(await complaint(policy(agents.name, spec, 'mistaken'))).not.toBe('');
});

test('refuses a second policy for a ServiceAccount, and one where no pod gets a sidecar', async () => {
  expect(await complaint(policy(agents.name, {}, 'second'))).toContain(
    `AgentPolicy triage already names ServiceAccount ${AGENT}`,
  );
  await using plain = await freshNamespace(cluster, 'plain');
  expect(await complaint(policy(plain.name))).toContain(`no pod of namespace ${plain.name} gets a sidecar`);
});

test('keeps the label while a policy stands, and lets it go afterwards', async () => {
  await using other = await freshNamespace(cluster, 'label', LABELLED);
  await create(cluster, policy(other.name));
  const unlabel = ['label', 'namespace', other.name, 'chaperone.dev/inject-'];
  await expect.poll(() => complaintOf([...unlabel, '--dry-run=server'])).toContain('would govern nobody');
  expect(await complaintOf(['label', 'namespace', other.name, 'else=where'])).toBe('');
  await ok(cluster.kubectl(['delete', 'agentpolicy', 'triage', '-n', other.name]));
  await expect.poll(() => complaintOf(unlabel)).toBe('');
});

test('keeps the label also where a subresource of the namespace would take it off', async () => {
  const patch = [
    'patch',
    'namespace',
    agents.name,
    '--subresource=status',
    '--type=merge',
    '--dry-run=server',
    '-p',
  ];
  const labels = (value: string | null) =>
    complaintOf([...patch, JSON.stringify({ metadata: { labels: { 'chaperone.dev/inject': value } } })]);
  const refused = 'may be taken off the namespace itself alone';
  expect(await labels(null)).toContain(refused);
  expect(await labels('disabled')).toContain(refused);
  expect(await labels('enabled')).toBe('');
  const held = JSON.parse(await ok(cluster.kubectl(['get', 'namespace', agents.name, '-o', 'json'])));
  const path = `/api/v1/namespaces/${agents.name}/finalize?dryRun=All`;
  const finalize = async (namespace: object) => {
    const input = JSON.stringify(namespace);
    return (await cluster.kubectl(['replace', '--raw', path, '-f', '-'], { input })).stderr;
  };
  expect(await finalize({ ...held, metadata: { ...held.metadata, labels: {} } })).toContain(refused);
  expect(await finalize(held)).toBe('');
});

test('lets nobody annotate a sidecar past the webhook, by the status of its pod or by its binding', async () => {
  const refused = 'would configure the sidecar';
  const key = 'nri.example/container.chaperone';
  const status = (change: object) => {
    const patch = [
      'patch',
      'pod',
      'agent',
      ...here,
      '--subresource=status',
      '--type=merge',
      '--dry-run=server',
    ];
    return complaintOf([...patch, '-p', JSON.stringify(change)]);
  };
  expect(await status({ metadata: { annotations: { [key]: 'x' } } })).toContain(refused);
  expect(await status({ metadata: { annotations: { ours: 'x' } }, status: { message: 'm' } })).toBe('');
  const binding = (annotations: object) => ({
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'agent', namespace: agents.name, annotations },
    target: { apiVersion: 'v1', kind: 'Node', name: 'nowhere' },
  });
  const pods = `/api/v1/namespaces/${agents.name}`;
  for (const path of [`${pods}/bindings`, `${pods}/pods/agent/binding`]) {
    const bind = async (annotations: object) => {
      const argv = ['create', '--raw', `${path}?dryRun=All`, '-f', '-'];
      return (await cluster.kubectl(argv, { input: JSON.stringify(binding(annotations)) })).stderr;
    };
    expect(await bind({ [key]: 'x' })).toContain(refused);
    expect(await bind({ ours: 'x' })).not.toContain(refused);
  }
});

test.each([
  ['a person whom the API server knows by a credential', [], ''],
  ['someone impersonated', ['--as=jane', '--as-group=system:masters'], 'may be impersonation'],
  [
    'the governed agent',
    [`--as=system:serviceaccount:${agents.name}:${AGENT}`, '--as-group=system:masters'],
    'no agent gives out Grants',
  ],
  [
    'a ServiceAccount',
    [`--as=system:serviceaccount:${agents.name}:default`, '--as-group=system:masters'],
    'names none that may approve',
  ],
])('Grants by %s', async (_, flags, words) => {
  const said = await complaint(grant(agents.name, pod, {}, 'by-whom'), ['--dry-run=server', ...flags]);
  if (words === '') expect(said).toBe('');
  else expect(said).toContain(words);
});

test('refuses a Grant by a person who may create Grants and not approve the policy', async () => {
  const kubeconfig = await kubeconfigOf('jane');
  await ok(
    cluster.kubectl([
      'create',
      'role',
      'granter',
      '--verb=create,get',
      '--resource=grants.chaperone.dev',
      ...here,
    ]),
  );
  await ok(cluster.kubectl(['create', 'rolebinding', 'granter', '--role=granter', '--user=jane', ...here]));
  const asJane = async () => {
    const argv = ['create', '--dry-run=server', '--validate=ignore', '-f', '-'];
    const input = JSON.stringify(grant(agents.name, pod, {}, 'janes'));
    const { code, stderr } = await cluster.kubectl(argv, { input, kubeconfig });
    return code === 0 ? '' : stderr;
  };
  await expect.poll(asJane).toContain(`jane may not approve AgentPolicy triage of ${agents.name}`);

  const approve = ['--verb=approve', '--resource=agentpolicies.chaperone.dev', '--resource-name=triage'];
  await ok(cluster.kubectl(['create', 'role', 'approver', ...approve, ...here]));
  await ok(cluster.kubectl(['create', 'rolebinding', 'approver', '--role=approver', '--user=jane', ...here]));
  await expect.poll(asJane).toBe('');
});

test.each([
  ['longer than its scope', { duration: '11m' }, 'spec.duration: is more than the 10m'],
  ['of no policy', { policy: 'nope' }, ''],
  ['of no scope', { scope: 'nope' }, 'spec.scope: AgentPolicy triage has no scope nope'],
  ['wider than its scope', { rules: [rule] }, 'spec.rules[0]: lies within no rule'],
  ['of a scope that others agree to', { scope: 'agreed' }, 'needs the agreement of 1 of sre'],
  ['with a misspelt field', { taks: 'x' }, 'spec.taks: is not a field'],
])('refuses a Grant %s', async (_, spec, words) => {
  const said = await complaint(grant(agents.name, pod, spec, 'refused'), ['--dry-run=server']);
  expect(said).not.toBe('');
  expect(said).toContain(words);
});

test('a Grant never changes, and only the controller says how it stands', async () => {
  await create(cluster, grant(agents.name, pod));
  const patch = (what: object, flags: readonly string[] = []) =>
    complaintOf(['patch', 'grant', 'live', ...here, '--type=merge', '-p', JSON.stringify(what), ...flags]);
  expect(await patch({ spec: { duration: '1m' } })).toContain('a Grant never changes');
  expect(await patch({ spec: { note: 'unknown to the schema' } })).not.toBe('');
  expect(await patch({ metadata: { labels: { ticket: 'INC-4711' } } })).toBe('');
  const later = { status: { expiresAt: '2099-01-01T00:00:00Z' } };
  expect(await patch(later, ['--subresource=status'])).toContain('is not the controller');
  const conditions = { status: { conditions: [] } };
  const onPolicy = ['patch', 'agentpolicy', 'triage', ...here, '--subresource=status', '--type=merge', '-p'];
  expect(await complaintOf([...onPolicy, JSON.stringify(conditions)])).toContain('is not the controller');
});

const SENTINEL = `${SENTINEL_MARKER}${'0123456789ab'.repeat(3)}`;

test.each([
  ['a Secret, whole', 'secret', SENTINEL],
  ['a Secret, after one byte', 'secret', `x${SENTINEL}`],
  ['a Secret, after two bytes', 'secret', `xx${SENTINEL}`],
  ['a ConfigMap', 'configmap', `password: ${SENTINEL}`],
])('refuses to store a sentinel in %s', async (_, kind, value) => {
  const kinds = kind === 'secret' ? ['secret', 'generic'] : ['configmap'];
  expect(await complaintOf(['create', ...kinds, 'masked', ...here, `--from-literal=a=${value}`])).toContain(
    'holds a sentinel',
  );
});

test('stores a Secret as large as the API server takes, looked through', async () => {
  const data = { a: Buffer.alloc(1_040_000, 'a').toString('base64') };
  const large = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'large', namespace: agents.name },
    data,
  };
  expect(await complaint(large)).toBe('');
});

test('refuses every pod of a governed ServiceAccount where no webhook looks', async () => {
  await using other = await freshNamespace(cluster, 'unlooked', LABELLED);
  await ok(cluster.kubectl(['create', 'serviceaccount', AGENT, '-n', other.name]));
  await create(cluster, policy(other.name));
  // The namespace that the webhooks never select takes no policy; so the label is taken off past the static policy.
  const binding = ['validatingadmissionpolicybinding', 'chaperone-label'];
  const held = await ok(cluster.kubectl(['get', ...binding, '-o', 'json']));
  await ok(cluster.kubectl(['delete', ...binding]));
  try {
    // The API server looks each second whether policies and bindings have changed.
    const unlabel = () => complaintOf(['label', 'namespace', other.name, 'chaperone.dev/inject-']);
    await expect.poll(unlabel, { timeout: 10_000 }).toBe('');
  } finally {
    const { metadata, ...rest } = JSON.parse(held);
    await create(cluster, {
      ...rest,
      metadata: { name: metadata.name, labels: metadata.labels, annotations: metadata.annotations },
    });
  }
  const plain = idlePod(other.name, 'plain');
  await expect.poll(() => complaint(plain)).toContain('no pod gets a sidecar here');
  const lookalike = {
    name: 'chaperone',
    image: 'anything',
    restartPolicy: 'Always',
    securityContext: { runAsUser: 61443 },
  };
  const imitation = idlePod(other.name, 'imitation', AGENT, {
    automountServiceAccountToken: false,
    initContainers: [lookalike],
  });
  expect(await complaint(imitation)).toContain('no pod gets a sidecar here');
  expect(await complaint(idlePod(other.name, 'unnamed', 'default'))).toBe('');
});

test('lets nobody into a sidecar but to break the glass', async () => {
  const may = ['--verb=get,create', '--resource=pods,pods/exec,pods/attach'];
  await ok(cluster.kubectl(['create', 'role', 'debugger', ...may, ...here]));
  await ok(cluster.kubectl(['create', 'rolebinding', 'debugger', '--role=debugger', '--user=sam', ...here]));
  const exec = (...flags: string[]) => complaintOf(['exec', 'agent', ...here, ...flags, '--', 'true']);
  const attach = (...flags: string[]) => complaintOf(['attach', 'agent', ...here, ...flags]);
  await expect
    .poll(() => exec('--as=sam', '-c', 'chaperone'))
    .toContain('the container chaperone is the sidecar');
  expect(await attach('--as=sam', '-c', 'chaperone')).toContain('the container chaperone is the sidecar');
  // As far as a pod goes that runs nowhere.
  const nowhere = 'does not have a host assigned';
  for (const flags of [['--as=sam'], ['--as=sam', '-c', 'agent'], ['-c', 'chaperone']])
    expect(await exec(...flags)).toContain(nowhere);
});

/** The kubeconfig of a person with a client certificate of the cluster's own CA. */
async function kubeconfigOf(name: string): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const caKey = createPrivateKey(await readFile(join(cluster.folder, 'pki/ca.key')));
  const now = Date.now();
  const certificate = await signCertificate(
    {
      commonName: name,
      publicKey,
      notBeforeMs: now - 60_000,
      notAfterMs: now + 3_600_000,
      extendedKeyUsage: ['clientAuth'],
      names: [],
    },
    { certPem: cluster.ca, key: caKey },
  );
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const path = join(cluster.folder, `${name}.conf`);
  await writeFile(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'c', cluster: { server: cluster.server, 'certificate-authority-data': base64(cluster.ca) } },
      ],
      users: [
        { name, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } },
      ],
      contexts: [{ name: 'c', context: { cluster: 'c', user: name } }],
      'current-context': 'c',
    }),
  );
  return path;
}
