// What the API server says of a write that it does not take, or warns of: it quotes the object with its hidden values put
// back, and the agent reads why, without them.
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { create, ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';
import { lookFor } from '../search/look.ts';
import { seed } from '../search/seeds.ts';
import type { Answered, Json } from './answers.ts';
import { direct } from './direct.ts';
import { govern } from './governed.ts';
import { APPLY, type Ask, MERGE, patched, put, SAYINGS } from './masking-sayings.ts';
import { widelyWithSecrets } from './widely.ts';

const cluster = await suiteCluster();
const governed = await govern(cluster, 'masking-words');
const { agent, namespace } = governed;
const admin = direct(cluster, governed);
const policyName = `quotes.${namespace}.test`;
afterAll(async () => {
  admin.close();
  const bindings = ['quoted', 'warned'].map((of) => `validatingadmissionpolicybinding/${of}.${policyName}`);
  await cluster.kubectl(['delete', `validatingadmissionpolicy/${policyName}`, ...bindings]);
  await governed[Symbol.asyncDispose]();
});
governed.entitle({ rules: widelyWithSecrets(namespace) });

const path = `/api/v1/namespaces/${namespace}/secrets`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const VALUE = seed('masked, quoted in errors');
const look = lookFor([{ purpose: 'the value', value: VALUE }]);
const manifest = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels: { of: name } },
  data: { password: base64(VALUE), '.dockerconfigjson': base64(`not JSON: ${VALUE}`), 'ssh-privatekey': '' },
  ...more,
});

beforeAll(async () => {
  const pem = (kind: string) => base64(`-----BEGIN ${kind}-----\n${base64(VALUE)}\n-----END ${kind}-----\n`);
  await create(
    cluster,
    manifest('web'),
    manifest('quoted'),
    manifest('cert', {
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': pem('CERTIFICATE'), 'tls.key': pem('PRIVATE KEY') },
    }),
    manifest('still', { immutable: true }),
    manifest('warned'),
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: policyName },
      spec: {
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['UPDATE', 'DELETE'],
              resources: ['secrets'],
            },
          ],
        },
        variables: [{ name: 'it', expression: 'object == null ? oldObject : object' }],
        validations: [
          {
            expression: "!(variables.it.metadata.name in ['quoted', 'warned'])",
            messageExpression: "'it holds ' + string(variables.it.data.password)",
          },
        ],
      },
    },
    ...[
      ['quoted', 'Deny'],
      ['warned', 'Warn'],
    ].map(([of, action]) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `${of}.${policyName}` },
      spec: {
        policyName,
        validationActions: [action],
        matchResources: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          objectSelector: { matchLabels: { of } },
        },
      },
    })),
  );
  await waitFor({
    what: 'the ValidatingAdmissionPolicy to deny',
    timeoutMs: 20_000,
    probe: async () => {
      const { status } = await admin.call('h1', { method: 'DELETE', path: `${path}/quoted?dryRun=All` });
      return status === 422 || undefined;
    },
  });
});

const calls =
  (at: typeof agent) =>
  async ({ method, target, type = 'application/json', body }: Ask): Promise<Answered> =>
    at.call('h2', {
      method,
      path: `${path}${target}`,
      headers: { 'content-type': type },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
const byAgent = calls(agent);
const byAdmin = calls(admin);
const shownOf = async (name: string): Promise<Json> =>
  (await byAgent({ method: 'GET', target: `/${name}` })).json();

test.each(Object.entries(SAYINGS))(
  'the agent reads of %s what it may',
  async (_, { of, ask, message, quotes }) => {
    const real = await byAdmin(ask((await byAdmin({ method: 'GET', target: `/${of}` })).json()));
    expect(look(real.body).length > 0, `${real.body}`).toBe(quotes === true);
    const said = await byAgent(ask(await shownOf(of)));
    expect(look(said.body), `${said.body}`).toEqual([]);
    const { status, code, reason, message: all } = real.json();
    const known = said.json();
    expect([said.status, known.status, known.code, known.reason]).toEqual([code, status, code, reason]);
    expect(said.json().message).toEqual(
      typeof message === 'string' ? message.replaceAll('NAME', policyName) : expect.stringMatching(message),
    );
    // What is shown is the API server's own, but for what is left out.
    const left = known.message.replace(/ \(chaperone: .*\)$/, '');
    if (!left.includes('patch: ') && !left.includes('type: '))
      expect(all).toContain(left.replace(/^chaperone: .*/, ''));
  },
);

test('what immutable forbids is said', async () => {
  const said = await byAgent(patched(MERGE, { data: { another: 'YQ==' } })(await shownOf('still')));
  expect(said.json()).toMatchObject({
    code: 422,
    message: 'Secret "still" is invalid: data: Forbidden: field is immutable when `immutable` is set',
  });
});

test('an apply over what another manages names the manager and the field', async () => {
  const apply = (value: string, manager: string) =>
    patched(
      APPLY,
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', labels: { mine: value } } },
      `?fieldManager=${manager}`,
    )({ metadata: { name: 'web' } });
  expect((await byAgent(apply('a', 'one'))).status).toBe(200);
  const said = await byAgent(apply('b', 'two'));
  expect(said.json()).toMatchObject({
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "one": .metadata.labels.mine',
    details: { causes: [{ reason: 'FieldManagerConflict', field: '.metadata.labels.mine' }] },
  });
});

describe('of the warnings', () => {
  const warnings = ({ headers }: Answered) => [headers.warning ?? []].flat().join('\n');

  test('that of an unknown field is shown', async () => {
    expect(warnings(await byAgent(put(await shownOf('web'), '?dryRun=All', { dta: {} })))).toBe(
      '299 - "unknown field \\"dta\\""',
    );
  });

  test.each([
    ['that a certificate is none', 'cert', 'x509: '],
    ['that of a policy that quotes the object', 'warned', 'Validation failed for ValidatingAdmissionPolicy'],
  ])('%s is not', async (_, name, said) => {
    const touch = patched(MERGE, { metadata: { annotations: { touched: 'yes' } } })({ metadata: { name } });
    expect(warnings(await byAdmin(touch))).toContain(said);
    const answered = await byAgent(touch);
    expect([answered.status, warnings(answered)]).toEqual([200, '']);
  });
});

describe('an unmodified kubectl says what is wrong', () => {
  const kubectl = (kubeconfig: string, args: readonly string[], input = '') =>
    cluster.kubectl(args, { kubeconfig, input });
  const touch = ['secret', 'web', '--type=merge', '-p'];

  test.each<[readonly string[], string, object?]>([
    [['delete', 'secret', 'none'], 'Error from server (NotFound): secrets "none" not found'],
    [
      ['create', '-f', '-'],
      'Error from server (AlreadyExists): error when creating "STDIN": secrets "web" already exists',
      manifest('web'),
    ],
    [
      ['patch', ...touch, '{"metadata":{"labels":{"a":"b c"}}}'],
      'The Secret "web" is invalid: metadata.labels: Invalid value: "b c": a valid label must be',
    ],
    [
      ['patch', ...touch, '{"data":{"bad":"!"}}'],
      'The request is invalid: patch: Invalid value: illegal base64 data at input byte 0 (chaperone: ',
    ],
    [
      ['label', 'secret', 'quoted', 'a=b'],
      `The request is invalid: secrets "quoted" is forbidden: ValidatingAdmissionPolicy '${policyName}' with binding`,
    ],
    [
      ['apply', '--server-side', '--field-manager=three', '-f', '-'],
      'error: Apply failed with 1 conflict: conflict with "kubectl-create" using v1',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', labels: { of: 'another' } } },
    ],
  ])('%j', async (args, line, input) => {
    const { code, stderr } = await kubectl(governed.kubeconfig, args, JSON.stringify(input));
    expect(stderr).toContain(line);
    expect([code, look(Buffer.from(stderr))]).toEqual([1, []]);
  });

  test('that RBAC forbids it', async () => {
    const here = ['-n', namespace];
    await ok(cluster.kubectl(['create', 'serviceaccount', 'meek', ...here]));
    await ok(cluster.kubectl(['create', 'role', 'meek', '--verb=get', '--resource=secrets', ...here]));
    await ok(
      cluster.kubectl([
        'create',
        'rolebinding',
        'meek',
        '--role=meek',
        `--serviceaccount=${namespace}:meek`,
        ...here,
      ]),
    );
    const token = await ok(cluster.kubectl(['create', 'token', 'meek', ...here]));
    const real = await readFile(governed.tokenPath);
    await writeFile(governed.tokenPath, token.trim());
    try {
      const line = `User "system:serviceaccount:${namespace}:meek" cannot patch resource "secrets" in API group "" in the namespace "${namespace}"`;
      // The token is taken up, and the binding heard of, a moment later.
      let tries = 0;
      const stderr = await waitFor({
        what: 'the other token to be used',
        timeoutMs: 10_000,
        probe: async () => {
          // A label that is there already is not sent.
          const label = ['label', '--overwrite', 'secret', 'web', `tries=${++tries}`];
          const said = await kubectl(governed.kubeconfig, label);
          return said.stderr.includes('cannot patch') ? said.stderr : undefined;
        },
      });
      expect(stderr).toBe(`Error from server (Forbidden): secrets "web" is forbidden: ${line}\n`);
    } finally {
      await writeFile(governed.tokenPath, real);
    }
  });
});
