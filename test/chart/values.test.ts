// What may be chosen is said three times, for three readers: Helm (the schema), whoever edits (values.yaml), whoever chooses
// (the README). The three agree, and the controller takes whatever the schema takes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { MARKER } from '../../controller/check/asked.ts';
import { injectorConfig } from '../../injector/config.ts';
import { SENTINEL_MARKER } from '../../masking/sentinel.ts';

const read = (file: string) =>
  readFileSync(join(import.meta.dirname, '../../charts/chaperone', file), 'utf8');

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly pattern?: string;
  readonly not?: { readonly pattern: string };
}

const schema = JSON.parse(read('values.schema.json')) as Schema & {
  readonly definitions: Readonly<Record<'resources' | 'bytes', Schema>>;
};

/** Every field of the schema by its path, the folders among them too; not what a chart around ours puts there. */
function fieldsOf({ properties = {} }: Schema, above = ''): [string, Schema][] {
  return Object.entries(properties)
    .filter(([name]) => name !== 'global')
    .flatMap(([name, field]): [string, Schema][] => [
      [`${above}${name}`, field],
      ...fieldsOf(field, `${above}${name}.`),
    ]);
}

const fields = fieldsOf(schema);
const choices = fields.filter(([, { properties }]) => properties === undefined);
const values = parse(read('values.yaml')) as object;
const valueAt = (path: string) =>
  path.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], values);

test('no object of the schema takes a field that it does not know', () => {
  const objects = [schema, schema.definitions.resources, ...fields.map(([, field]) => field)];
  const open = objects.filter(
    ({ type, additionalProperties }) => type === 'object' && additionalProperties !== false,
  );
  expect(open).toEqual([]);
});

test('values.yaml holds what the schema knows, and nothing else', () => {
  const known = new Set(fields.map(([path]) => path));
  const held = (at: object, above = ''): string[] =>
    Object.entries(at).flatMap(([name, value]) => {
      const path = `${above}${name}`;
      const isFolder = fields.find(([each]) => each === path)?.[1].properties !== undefined;
      return isFolder ? held(value, `${path}.`) : [path];
    });
  expect(held(values).sort()).toEqual(choices.map(([path]) => path).sort());
  expect(held(values).filter((path) => !known.has(path))).toEqual([]);
});

test("the README's table has every value with its default and the schema's own words", () => {
  const rows = read('README.md').matchAll(/^\| `([\w.]+)` +\| (.+?) +\| (.+?) +\|$/gm);
  const said = [...rows].map(([, ...cells]) => cells);
  const wanted = choices.map(([path, { description }]) => {
    const value = valueAt(path);
    return [path, value === '' ? 'none' : `\`${JSON.stringify(value)}\``, description];
  });
  expect(said).toEqual(wanted);
});

test('every quantity that the schema takes, the controller takes', () => {
  const { pattern = '', not } = schema.definitions.bytes;
  const cpu = schema.definitions.resources.properties?.cpu?.pattern ?? '';
  const takes = (memory: string) =>
    new RegExp(pattern).test(memory) && !new RegExp(not?.pattern ?? '').test(memory);
  const cpus = Array.from({ length: 1100 }, (_, n) => [`${n}`, `${n}m`])
    .flat()
    .filter((each) => new RegExp(cpu).test(each));
  const bytes = Array.from({ length: 10_100 }, (_, n) => [`${n}Ki`, `${n}Mi`, `${n}Gi`, `${n}`])
    .flat()
    .filter(takes);
  const { resources } = injectorConfig.shape;
  const refused = [...cpus, ...bytes].filter(
    (each) => !resources.safeParse({ limits: { memory: each }, requests: {} }).success,
  );
  expect(refused).toEqual([]);
  expect([cpus.length, bytes.length]).toEqual([2 * 999, 3 * (9999 - 9)]);
});

test('what `helm test` tries to store is a sentinel', () => {
  expect(MARKER).toBe(SENTINEL_MARKER);
});
