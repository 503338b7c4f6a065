// `chaperone run --observe`, and with `--unmasked --open`: what takes effect then, what never ceases to, and what is told.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seed } from '../../search/seeds.ts';
import { type Bench, type Ended, openBench } from './bench.ts';
import { policyFor } from './policy.ts';

let bench: Bench;
let policy: string;
const VALUE = seed('chaperone run, observed');
const READ = ['get', 'secret', 'web', '-o', 'go-template={{.data.password | base64decode}}'];

beforeAll(async () => {
  bench = await openBench('run-observe');
  const core = { namespaces: [bench.namespace], apiGroups: [''] };
  const never = [{ ...core, resources: ['configmaps'], verbs: ['delete'] }];
  policy = await bench.file('policy.yaml', [policyFor(bench.namespace, { mode: 'Enforce', never })]);
  const here = ['-n', bench.namespace];
  for (const made of [
    ['secret', 'generic', 'web', `--from-literal=password=${VALUE}`],
    ['service', 'clusterip', 'shop', '--tcp=80'],
    ['configmap', 'old'],
  ])
    expect(await bench.cluster.kubectl(['create', ...made, ...here])).toMatchObject({ code: 0 });
});
afterAll(() => bench?.[Symbol.asyncDispose]());

async function recordsOf({ stderr }: Ended): Promise<Record<string, unknown>[]> {
  const path = /^ {2}records: (.+)$/m.exec(stderr)?.[1] ?? '';
  return (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
const services = () => `/api/v1/namespaces/${bench.namespace}/services`;
const firstLine = ({ stderr }: Ended) => stderr.split('\n', 1)[0];

describe('chaperone run --observe', () => {
  const observe = (script: string) =>
    bench.run(['run', '--observe', '--policy', policy, '--', 'sh', '-c', script]);

  it('lets through what the policy denies, and tells at the end by which rules Enforce would have denied it', async () => {
    const ended = await observe('kubectl get services && kubectl delete configmap old');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^shop /m) });
    expect(firstLine(ended)).toBe(
      'chaperone: context suite is only observed: no denial of the policy takes effect; masking and the closed list hold',
    );
    const told = ended.stderr.slice(ended.stderr.indexOf('  Enforce would have denied')).split('\n');
    expect(told.slice(0, 3)).toEqual([
      '  Enforce would have denied 2:',
      `      1  Never  delete configmaps -n ${bench.namespace}  (AgentPolicy local/triage never[0])`,
      `      1  GrantAvailable  list services -n ${bench.namespace}`,
    ]);
    const records = await recordsOf(ended);
    expect(records.find(({ resource }) => resource === 'services')).toMatchObject({
      decision: 'permit',
      rule: 'AgentPolicy local/triage mode Observe',
      insteadRefusal: 'GrantAvailable',
      insteadMessage: expect.stringContaining('chaperone refuses list services'),
    });
  });

  it('masks Secrets and keeps to the closed list and to what this version does not do', async () => {
    const ended = await observe(
      `kubectl ${READ.map((word) => `'${word}'`).join(' ')}; kubectl get serviceaccounts; kubectl create secret generic x; kubectl get --raw ${services()}/shop/proxy/`,
    );
    expect(ended.stdout).toContain('chaperone: hidden value');
    expect(ended.stdout).not.toContain(VALUE);
    expect(ended.stderr).toMatch(/\(Forbidden\): .*list serviceaccounts.*closed list/);
    expect(ended.stdout).toContain('secret/x created');
    expect(ended.stderr).toMatch(/get services\/proxy.*what a proxy carries is not recorded/);
    expect(ended.stderr).toMatch(/^chaperone: \d+ allowed, 2 denied, 1 masked \(1 value\)$/m);
  });

  it('is what a policy says with mode: Observe too, without the flag', async () => {
    const observing = await bench.file('observing.yaml', [policyFor(bench.namespace, { mode: 'Observe' })]);
    const ended = await bench.run(['run', '--policy', observing, '--', 'kubectl', 'get', 'services']);
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^shop /m) });
    expect(firstLine(ended)).toContain('is only observed');
  });
});

describe('chaperone run --observe --unmasked --open', () => {
  const open = (...command: string[]) =>
    bench.run(['run', '--observe', '--unmasked', '--open', '--', ...command], { reveals: [VALUE] });

  it('shows, writes and reaches everything that the credential may, without a policy, after a loud first line', async () => {
    const ended = await open(
      'sh',
      '-c',
      [
        `kubectl ${READ.map((word) => `'${word}'`).join(' ')}`,
        'kubectl get serviceaccounts',
        'kubectl create secret generic made --from-literal=a=b',
        'kubectl create deployment made --image=localhost/none',
        'kubectl auth can-i create roles',
      ].join(' && '),
    );
    expect(firstLine(ended)).toBe(
      'chaperone: WARNING: context suite IS NOT GUARDED: --open lifts every denial of a policy and the closed list, ' +
        '--unmasked shows the values of Secrets and lets pods and pod templates be written',
    );
    expect(ended.stderr).toContain('Enforce would have denied');
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(VALUE) });
    expect(ended.stdout).toMatch(/^secret\/made created\ndeployment.apps\/made created\nyes$/m);
    expect(ended.stderr).toMatch(/ 2 shown unmasked$/m);
    expect(ended.stderr).toMatch(/^ +1 {2}ClosedUnlessNamed {2}list serviceaccounts -n run-observe\S*$/m);
    expect(ended.stderr).toMatch(/^ +2 {2}NoRule {2}create,get secrets -n run-observe\S*$/m);
    expect(ended.stderr).toMatch(/^ +1 {2}NoRule {2}create deployments.apps -n run-observe\S*$/m);
    const secrets = (await recordsOf(ended)).filter(({ resource }) => resource === 'secrets');
    expect(secrets).toMatchObject([
      { verb: 'get', unmasked: true, insteadRefusal: 'NoRule', rule: 'chaperone run --open' },
      { verb: 'create', unmasked: true, insteadRefusal: 'NoRule' },
    ]);
  });

  it('still refuses what it cannot forward or read, and keeps the record of it', async () => {
    const ended = await open(
      'sh',
      '-c',
      `kubectl get --raw ${services()}/shop/proxy/; kubectl get --raw '${services()}?fieldSelector=metadata.name=a&limit=x'`,
    );
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toMatch(/what a proxy carries is not recorded/);
    const refusals = (await recordsOf(ended)).map(({ refusal }) => refusal);
    expect(refusals).toEqual(expect.arrayContaining(['StreamNotYet', 'MalformedTarget']));
  });

  it('still knows nobody without the token', async () => {
    const wrong = [
      'kubectl get services --kubeconfig=/dev/null --token=wrong',
      `--server="$(kubectl config view -o 'jsonpath={.clusters[0].cluster.server}')"`,
      '--certificate-authority="$(dirname "$KUBECONFIG")/config.ca.crt"',
    ];
    const ended = await open('sh', '-c', wrong.join(' '));
    expect(ended.stderr).toContain('its bearer token is missing or is not the one');
  });
});
