// Every shape of docs/pod-shapes.md against the injector alone: rendered and accepted, or refused with its code, whoever
// brought the shape in, before the sidecar or behind it. test/e2e/pod-shapes.test.ts asks a real API server the same.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codesOf, config, injected, podOf } from '../../injector/fixtures.ts';
import { reviewPod } from '../../injector/review.ts';
import { applied, CHANGES } from './changes.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { printShapes } from './print.ts';
import { SECTIONS } from './sections.ts';
import { podSpec } from './shape.ts';

const ALLOWED = { kind: 'allowed', patch: [] };
const shapes = SECTIONS.flatMap((section) => section.shapes);
const resource = { group: '', version: 'v1', resource: 'pods' };
const create = (webhook: 'mutate' | 'validate', object: object) =>
  reviewPod(webhook, { operation: 'CREATE', resource, object }, config);
const pod = (spec: object, metadata: object = {}) => ({ metadata: { name: 'agent', ...metadata }, spec });

describe('a new pod with', () => {
  test.each(shapes.map((shape) => [shape.shape, shape] as const))('%s', (_, { spec, metadata, result }) => {
    const object = pod(podSpec(spec), metadata);
    if (result.kind === 'refused') expect(codesOf(create('mutate', object))).toEqual([result.code]);
    else expect(create('validate', injected(podOf(object.spec, object.metadata)))).toEqual(ALLOWED);
  });
});

describe('an injected pod to which another injector gave', () => {
  test.each(
    shapes.flatMap(({ shape, result, ...rest }) =>
      result.kind === 'refused' ? ([[shape, result.code, rest]] as const) : [],
    ),
  )('%s', (_, code, { spec, metadata }) => {
    const { spec: before } = injected();
    const {
      containers = [],
      initContainers = [],
      volumes = [],
      ...whole
    } = podSpec(spec) as {
      [list in 'containers' | 'initContainers' | 'volumes']?: { name: string }[];
    };
    const late = containers.map((each) => (each.name === 'agent' ? { ...each, name: 'late' } : each));
    const joined = {
      ...before,
      ...whole,
      initContainers: [...(before.initContainers ?? []), ...initContainers],
      containers: [...before.containers, ...late],
      volumes: [...(before.volumes ?? []), ...volumes],
    };
    expect(codesOf(create('validate', pod(joined, metadata)))).toContain(code);
  });
});

describe('a living pod that gets', () => {
  test.each(CHANGES.map((change) => [change.shape, change] as const))(
    '%s',
    (_, { patch, code, subresource }) => {
      const oldObject = injected();
      const change = { resource, subResource: subresource, oldObject, object: applied(oldObject, patch) };
      const answer = reviewPod('validate', { operation: 'UPDATE', ...change }, config);
      if (code === undefined) expect(answer).toEqual(ALLOWED);
      else expect(codesOf(answer)).toContain(code);
    },
  );
});

test('docs/pod-shapes.md is what the tables print (-u prints it anew)', async () => {
  await expect(printShapes()).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/pod-shapes.md'));
});

test('every line that another file proves names one that is there', () => {
  const files = ELSEWHERE.flatMap(({ rows }) => rows.map((row) => row.test));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});
