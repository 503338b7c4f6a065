// `chaperone run` has no webhook: it judges what an unmodified kubectl sends of pods, and refuses to patch them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, openBench } from './bench.ts';
import { policyFor } from './policy.ts';

let bench: Bench;
let policy: string;

beforeAll(async () => {
  bench = await openBench('run-workloads');
  const rule = {
    namespaces: [bench.namespace],
    apiGroups: ['apps'],
    resources: ['deployments'],
    verbs: ['get', 'create', 'update', 'patch'],
  };
  const named = { ...rule, verbs: ['create', 'update'], podSpec: { serviceAccountNames: ['default'] } };
  policy = await bench.file('policy.yaml', [
    policyFor(bench.namespace, { standing: { lifetime: '8h', rules: [rule, named] } }),
  ]);
});
afterAll(() => bench[Symbol.asyncDispose]());

it('creates a Deployment, and no Deployment with a Secret; a patch of one is refused', async () => {
  const kubectl = (...args: string[]) => bench.run(['run', '--policy', policy, '--', 'kubectl', ...args]);
  const create = async (name: string, more: object = {}) => {
    const file = await bench.file(`${name}.json`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: bench.namespace },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'a' } },
        template: {
          metadata: { labels: { app: 'a' } },
          spec: { containers: [{ name: 'a', image: 'a', ...more }] },
        },
      },
    });
    return kubectl('create', '--validate=ignore', '-f', file);
  };
  expect((await create('web')).stdout).toContain('deployment.apps/web created');
  expect((await create('mounting', { envFrom: [{ secretRef: { name: 'web' } }] })).stderr).toContain(
    'spec.template.spec.containers[0].envFrom[0].secretRef.name gives its containers a Secret',
  );
  const patch = ['patch', 'deployment', 'web', '-n', bench.namespace, '-p', '{"spec":{"replicas":1}}'];
  expect((await kubectl(...patch)).stderr).toContain('chaperone run has no webhook');
  const typed = ['create', 'deployment', 'typed', '--image=a', '-n', bench.namespace];
  expect((await kubectl(...typed)).stderr).toContain('application/vnd.kubernetes.protobuf');
});
