import { expect, test } from 'vitest';
import { printCustomResourceDefinitions } from './crd.ts';

const definitions = printCustomResourceDefinitions();

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  [keyword: string]: unknown;
}

function* everySchema(schema: Schema, path: string): Generator<[string, Schema]> {
  yield [path, schema];
  if (schema.items) yield* everySchema(schema.items, `${path}[]`);
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    yield* everySchema(child, `${path}.${name}`);
}

const rootOf = (kind: string): Schema => {
  const root = definitions.find(({ spec }) => spec.names.kind === kind)?.spec.versions[0]?.schema
    .openAPIV3Schema;
  if (root === undefined) throw new Error(kind);
  return root as Schema;
};
const below = (kind: string, part: string) => [...everySchema(rootOf(kind).properties?.[part] ?? {}, part)];

test('prints both kinds, namespaced, with a status that is written apart', () => {
  expect(definitions.map(({ metadata }) => metadata.name)).toEqual([
    'agentpolicies.chaperone.dev',
    'grants.chaperone.dev',
  ]);
  for (const { spec } of definitions) {
    expect(spec).toMatchObject({ group: 'chaperone.dev', scope: 'Namespaced' });
    expect(spec.versions).toMatchObject([
      { name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } },
    ]);
  }
});

test('prints plain JSON, the same each time', () => {
  expect(JSON.parse(JSON.stringify(definitions))).toEqual(definitions);
  expect(printCustomResourceDefinitions()).toEqual(definitions);
});

test.each(['AgentPolicy', 'Grant'])(
  '%s is structural: every schema has a type, none a union or additionalProperties',
  (kind) => {
    for (const [path, schema] of everySchema(rootOf(kind), kind)) {
      expect(schema.type, path).toBeTypeOf('string');
      for (const keyword of [
        'anyOf',
        'oneOf',
        'allOf',
        'not',
        'additionalProperties',
        '$ref',
        '$schema',
        'default',
        'nullable',
      ])
        expect(schema, path).not.toHaveProperty(keyword);
    }
  },
);

test.each(['AgentPolicy', 'Grant'])('%s bounds every list, string and number', (kind) => {
  for (const [path, schema] of [...below(kind, 'spec'), ...below(kind, 'status')]) {
    if (schema.type === 'array') expect(schema.maxItems, path).toBeTypeOf('number');
    if (schema.type === 'string' && schema.enum === undefined)
      expect(schema.maxLength, path).toBeTypeOf('number');
    if (schema.type === 'integer') expect(schema.maximum, path).toBeTypeOf('number');
  }
});

test.each(['AgentPolicy', 'Grant'])(
  '%s keeps unknown fields in spec and every object below it, and nowhere else',
  (kind) => {
    const keeps = 'x-kubernetes-preserve-unknown-fields';
    for (const [path, schema] of below(kind, 'spec'))
      if (schema.type === 'object') expect(schema[keeps], path).toBe(true);
    for (const [path, schema] of below(kind, 'status')) expect(schema, path).not.toHaveProperty(keeps);
    expect(rootOf(kind)).not.toHaveProperty(keeps);
  },
);

test.each(['AgentPolicy', 'Grant'])(
  '%s says of every rule that it has exactly one place, in CEL too',
  (kind) => {
    const rules = below(kind, 'spec').filter(([path]) => /(rules|never)\[\]$/.test(path));
    expect(rules.length).toBeGreaterThan(0);
    for (const [path, schema] of rules)
      expect(schema['x-kubernetes-validations'], path).toMatchObject([
        { message: expect.stringContaining('exactly one of') },
      ]);
  },
);

test('the spec of a Grant never changes, and the scopes of a policy are known by name', () => {
  expect(rootOf('Grant').properties?.spec).toMatchObject({
    'x-kubernetes-validations': [{ rule: 'self == oldSelf' }],
  });
  expect(rootOf('AgentPolicy').properties?.spec?.properties?.scopes).toMatchObject({
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  });
});

test('every pattern is one that Go reads too', () => {
  for (const kind of ['AgentPolicy', 'Grant'])
    for (const [path, { pattern }] of everySchema(rootOf(kind), kind))
      if (pattern !== undefined) expect(pattern, path).not.toMatch(/\(\?[=!<]|\\[du]/);
});
