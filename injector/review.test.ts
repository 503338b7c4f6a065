import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codesOf, config, injected, plainPod } from './fixtures.ts';
import type { Pod } from './pod.ts';
import { type PodRequest, reviewPod, type Webhook } from './review.ts';

type Asked = Partial<Omit<PodRequest, 'resource'>> & {
  resource?: string;
  group?: string;
  version?: string;
};

function review(webhook: Webhook, { group = '', version = 'v1', resource = 'pods', ...more }: Asked) {
  const request = { operation: 'CREATE', object: plainPod(), oldObject: null, ...more };
  return reviewPod(webhook, { ...request, resource: { group, version, resource } }, config);
}

const ALLOWED = { kind: 'allowed', patch: [] };

describe('what a webhook is asked about a pod', () => {
  it('is answered with a patch, and with none where nothing changes', () => {
    const answer = review('mutate', {});
    const patch = answer.kind === 'allowed' ? answer.patch : [];
    const fields = patch.map(({ path, value }) => [path.replace('/spec/', ''), value]);
    expect({ ...plainPod().spec, ...Object.fromEntries(fields) }).toEqual(injected().spec);
    expect(review('mutate', { object: injected() })).toEqual(ALLOWED);
  });

  it('is accepted by the validating webhook once it is injected', () => {
    expect(review('validate', { object: injected() })).toEqual(ALLOWED);
    expect(codesOf(review('validate', {}))).toEqual(['NotInjected']);
  });

  it.each(['', 'ephemeralcontainers', 'resize'])(
    'is measured by the old object where it is an update of pods/%s',
    (subResource) => {
      const change = (object: Pod) =>
        review('validate', { operation: 'UPDATE', subResource, object, oldObject: injected() });
      expect(change(injected())).toEqual(ALLOWED);
      expect(codesOf(change(plainPod()))).toEqual(['SidecarChanged']);
    },
  );

  it.each<[string, Webhook, Asked]>([
    ['an operation nobody asked for', 'mutate', { operation: 'UPDATE', oldObject: plainPod() }],
    ['CONNECT', 'validate', { operation: 'CONNECT', subResource: 'exec' }],
    ['DELETE', 'validate', { operation: 'DELETE' }],
    ['another subresource', 'validate', { operation: 'UPDATE', subResource: 'status' }],
    ['another group', 'validate', { group: 'metrics.k8s.io' }],
    ['another version', 'validate', { version: 'v2' }],
    ['another resource', 'mutate', { resource: 'deployments', group: 'apps' }],
    ['an inherited name', 'mutate', { operation: 'constructor' }],
  ])('is refused where it is %s', (_, webhook, what) => {
    expect(codesOf(review(webhook, what))).toEqual(['UnknownOperation']);
  });

  it.each<[string, Asked]>([
    ['no pod', { object: null }],
    ['a pod without containers', { object: { metadata: {}, spec: { containers: null } } }],
    ['a pod of wrong types', { object: { metadata: {}, spec: { containers: [{ name: 1 }] } } }],
    ['an update without its old object', { operation: 'UPDATE', object: injected() }],
  ])('is malformed where it is %s', (_, what) => {
    expect(codesOf(review('validate', what))).toEqual(['Malformed']);
  });

  it('is never an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (object, oldObject) => {
        expect(review('mutate', { object }).kind).toBe('refusal');
        expect(review('validate', { operation: 'UPDATE', object, oldObject }).kind).toBe('refusal');
      }),
    );
  });
});

const many = (length: number, each: object = {}) =>
  Array.from({ length }, (_, i) => ({ name: `n${i}`, ...each }));
const crowded = (spec: object) => ({ ...plainPod(), spec: { ...plainPod().spec, ...spec } });

describe('a large pod', () => {
  it.each<[string, object]>([
    ['spec.containers', { containers: many(102, { image: 'a' }) }],
    ['spec.containers', { initContainers: many(101, { image: 'a' }) }],
    ['spec.volumes', { volumes: many(501, { emptyDir: {} }) }],
    ['spec.ephemeralContainers', { ephemeralContainers: many(101, { image: 'a' }) }],
    ['spec.containers', { containers: many(200_000) }],
  ])('with more %s than any governed pod has is refused before it is read', (where, spec) => {
    const causes = [{ code: 'TooMany', where }];
    expect(review('mutate', { object: crowded(spec) })).toEqual({ kind: 'refusal', causes });
    const update = { operation: 'UPDATE', oldObject: injected(), object: crowded(spec) };
    expect(review('validate', update)).toEqual({ kind: 'refusal', causes });
  });

  it('that was too full before its namespace was labelled can change and end', () => {
    const full = crowded({ containers: many(102, { image: 'a' }) });
    expect(review('validate', { operation: 'UPDATE', oldObject: full, object: full })).toEqual(ALLOWED);
  });

  it.each<[string, object]>([
    ['100 containers', { containers: many(100, { image: 'a' }) }],
    [
      'variables that are set again and again',
      {
        containers: [
          {
            name: 'agent',
            image: 'a',
            env: [...Array(30_000).fill({ name: 'NO_PROXY' }), ...Array(30_000).fill({ name: 'A' })],
          },
        ],
      },
    ],
    [
      'a refusal for each of its variables',
      {
        containers: [
          { name: 'agent', image: 'a', env: Array(100_000).fill({ name: 'AZURE_FEDERATED_TOKEN_FILE' }) },
        ],
      },
    ],
  ])('is decided in bounded time with %s', (_, spec) => {
    const beganMs = performance.now();
    const mutated = review('mutate', { object: crowded(spec) });
    if (mutated.kind === 'allowed') {
      const patched = mutated.patch.map(({ path, value }) => [path.replace('/spec/', ''), value]);
      const object = crowded({ ...spec, ...Object.fromEntries(patched) });
      expect(review('validate', { object })).toEqual(ALLOWED);
    }
    // A hundredth of what one quadratic step costs here, far above what a busy machine takes.
    expect(performance.now() - beganMs).toBeLessThan(1_500);
  });
});
