// Two replicas that read the roots seconds apart, and one pod that goes from one to the other.
import { beforeAll, expect, test } from 'vitest';
import { firstRootSet, type RootSet } from '../../ca/root-set.ts';
import { makeRoot, type Root } from '../../ca/roots.ts';
import { injectedRoots, rootsToFind } from './injected-roots.ts';

const SETTLED_MS = 15_000;
const nowMs = Date.UTC(2030, 0, 1);
let old: Root;
let next: Root;

beforeAll(async () => {
  [old, next] = await Promise.all([makeRoot('control', nowMs - SETTLED_MS), makeRoot('control', nowMs)]);
});

const published = (): RootSet => ({ kind: 'control', signing: old, published: [old, next] });
const podWith = (value: string) => ({
  request: {
    object: {
      metadata: {},
      spec: {
        containers: [],
        initContainers: [{ name: 'chaperone', env: [{ name: 'CHAPERONE_CONTROL_CA', value }] }],
      },
    },
  },
});
const both = () => old.certPem + next.certPem;

test('a new pod is given a new root once every replica knows it', () => {
  expect(injectedRoots(published(), nowMs + SETTLED_MS - 1)).toBe(old.certPem);
  expect(injectedRoots(published(), nowMs + SETTLED_MS)).toBe(both());
});

test('and the one that signs at once, however new', () => {
  expect(injectedRoots(firstRootSet(next), nowMs)).toBe(next.certPem);
});

test('a root that is about to end is given to nobody, so that its end is in no pod on its way', () => {
  const signing = { ...next, bornMs: nowMs - SETTLED_MS };
  const ended = { ...old, endsMs: nowMs + SETTLED_MS - 1 };
  expect(injectedRoots({ kind: 'control', signing, published: [ended, signing] }, nowMs)).toBe(next.certPem);
});

test('what another replica gave is accepted: any of the published roots, in order, each once', () => {
  const later = nowMs + SETTLED_MS;
  for (const shown of [old.certPem, next.certPem, both()]) {
    expect(rootsToFind(podWith(shown), published(), nowMs)).toBe(shown);
    expect(rootsToFind(podWith(shown), published(), later)).toBe(shown);
  }
  for (const shown of ['', old.certPem + old.certPem, `${both()}x`, 'x'])
    expect(rootsToFind(podWith(shown), published(), later)).toBe(both());
});

test('a root that is not published is not', () => {
  expect(rootsToFind(podWith(both()), firstRootSet(next), nowMs)).toBe(next.certPem);
});

test.each([undefined, null, {}, { request: null }, { request: { object: 'pod' } }])(
  'what shows no sidecar is given what is due: %j',
  (review) => {
    expect(rootsToFind(review, published(), nowMs)).toBe(old.certPem);
  },
);
