import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { config, injected, plainPod } from './fixtures.ts';
import type { Pod } from './pod.ts';
import { review } from './review.ts';

interface Asked {
  operation?: string;
  resource?: string;
  group?: string;
  version?: string;
  subResource?: string;
  object?: unknown;
  oldObject?: unknown;
  dryRun?: boolean;
}

function asked({ group = '', version = 'v1', resource = 'pods', ...more }: Asked): unknown {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'a-uid',
      resource: { group, version, resource },
      operation: 'CREATE',
      object: plainPod(),
      oldObject: null,
      ...more,
    },
  };
}

function patchOf(answer: ReturnType<typeof review>): { path: string; value: unknown }[] {
  return JSON.parse(Buffer.from(answer.response.patch ?? '', 'base64').toString());
}

describe('an admission review', () => {
  it('is answered with a JSON Patch under its uid', () => {
    const answer = review('mutate', asked({}), config);
    expect(answer).toMatchObject({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'a-uid', allowed: true, patchType: 'JSONPatch' },
    });
    const fields = patchOf(answer).map(({ path, value }) => [path.replace('/spec/', ''), value]);
    expect({ ...plainPod().spec, ...Object.fromEntries(fields) }).toEqual(injected().spec);
  });

  it('carries a patch whole whatever characters the pod has', () => {
    const object = plainPod({
      containers: [{ name: 'agent', image: 'a', env: [{ name: 'GREETING', value: 'Grüße 👋' }] }],
    });
    expect(JSON.stringify(patchOf(review('mutate', asked({ object }), config)))).toContain('Grüße 👋');
  });

  it('has no patch where nothing changes, and none in a dry run that differs from the real one', () => {
    expect(review('mutate', asked({ object: injected() }), config).response).toEqual({
      uid: 'a-uid',
      allowed: true,
    });
    expect(review('mutate', asked({ dryRun: true }), config)).toEqual(review('mutate', asked({}), config));
  });

  it('is refused as a Status that names field, reason and remedy', () => {
    const { status } = review('mutate', asked({ object: plainPod({ hostPID: true }) }), config).response;
    expect(status).toMatchObject({ status: 'Failure', code: 403, reason: 'Forbidden' });
    expect(status?.message).toMatch(/^spec\.hostPID would let the agent .*\. Remove it/);
    expect(status?.details.causes).toEqual([
      { reason: 'SharedNamespace', field: 'spec.hostPID', message: status?.message },
    ]);
  });

  it('of an injected pod is accepted by the validating webhook', () => {
    expect(review('validate', asked({ object: injected() }), config).response.allowed).toBe(true);
    expect(review('validate', asked({}), config).response.allowed).toBe(false);
  });

  it.each(['', 'ephemeralcontainers', 'resize'])(
    'of an update of pods/%s is measured by the old object',
    (subResource) => {
      const change = (object: Pod) =>
        review(
          'validate',
          asked({ operation: 'UPDATE', subResource, object, oldObject: injected() }),
          config,
        );
      expect(change(injected()).response.allowed).toBe(true);
      expect(change(plainPod()).response.status?.details.causes[0]?.reason).toBe('SidecarChanged');
    },
  );

  it.each<[string, 'mutate' | 'validate', Asked]>([
    ['an operation nobody asked for', 'mutate', { operation: 'UPDATE', oldObject: plainPod() }],
    ['CONNECT', 'validate', { operation: 'CONNECT', subResource: 'exec' }],
    ['DELETE', 'validate', { operation: 'DELETE' }],
    ['another subresource', 'validate', { operation: 'UPDATE', subResource: 'status' }],
    ['another group', 'validate', { group: 'metrics.k8s.io' }],
    ['another version', 'validate', { version: 'v2' }],
    ['another resource', 'mutate', { resource: 'deployments', group: 'apps' }],
    ['an inherited name', 'mutate', { operation: 'constructor' }],
  ])('of %s is denied', (_, webhook, what) => {
    const { response } = review(webhook, asked(what), config);
    expect(response).toMatchObject({ uid: 'a-uid', allowed: false });
    expect(response.status?.details.causes[0]?.reason).toBe('UnknownOperation');
  });

  it.each<[string, Asked]>([
    ['no pod', { object: null }],
    ['a pod without containers', { object: { metadata: {}, spec: { containers: null } } }],
    ['a pod of wrong types', { object: { metadata: {}, spec: { containers: [{ name: 1 }] } } }],
    ['an update without its old object', { operation: 'UPDATE', object: injected() }],
  ])('with %s is denied as malformed', (_, what) => {
    const { response } = review('validate', asked(what), config);
    expect(response).toMatchObject({
      uid: 'a-uid',
      allowed: false,
      status: { code: 400, reason: 'BadRequest' },
    });
  });

  const many = (length: number, each: object) =>
    Array.from({ length }, (_, i) => ({ name: `n${i}`, ...each }));
  const crowded = (spec: object) => ({ ...plainPod(), spec: { ...plainPod().spec, ...spec } });

  it.each<[string, Asked]>([
    ['spec.containers', { object: crowded({ containers: many(102, { image: 'a' }) }) }],
    ['spec.containers', { object: crowded({ initContainers: many(101, { image: 'a' }) }) }],
    ['spec.volumes', { object: crowded({ volumes: many(501, { emptyDir: {} }) }) }],
    ['spec.ephemeralContainers', { object: crowded({ ephemeralContainers: many(101, { image: 'a' }) }) }],
    ['spec.containers', { oldObject: crowded({ containers: many(200_000, {}) }) }],
  ])('with more %s than any governed pod has is refused before it is read', (field, what) => {
    const { status } = review('mutate', asked(what), config).response;
    expect(status?.details.causes).toMatchObject([{ reason: 'TooMany', field }]);
  });

  it('of a pod with as many containers as the sidecar takes is accepted', () => {
    const full = injected(plainPod({ containers: many(100, { image: 'a' }) }));
    expect(review('validate', asked({ object: full }), config).response.allowed).toBe(true);
  });

  it('that is none is denied and never thrown', () => {
    for (const body of [
      undefined,
      null,
      '',
      [],
      {},
      { apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview' },
    ]) {
      expect(review('mutate', body, config).response).toMatchObject({ uid: '', allowed: false });
    }
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (object, oldObject) => {
        expect(review('mutate', object, config).response.allowed).toBe(false);
        expect(review('mutate', asked({ object }), config).response.allowed).toBe(false);
        const update = asked({ operation: 'UPDATE', object, oldObject });
        expect(review('validate', update, config).response.allowed).toBe(false);
      }),
    );
  });
});
