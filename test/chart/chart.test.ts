// The chart holds what code decides: these files are printed from it (`vitest run --project unit test/chart -u`).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { STATIC_POLICIES } from '../../controller/check/checks.ts';
import { SENTINEL_FORMS, SENTINEL_MARKER } from '../../masking/sentinel.ts';
import { printCustomResourceDefinitions } from '../../policy/crd.ts';

const CHART = join(import.meta.dirname, '../../charts/chaperone');

/** Uninstalling the chart must not delete every policy in the cluster. */
const KEEP = { 'helm.sh/resource-policy': 'keep' };

const definitions = printCustomResourceDefinitions();

test.each(definitions.map((each) => [each.spec.names.plural, each] as const))(
  'the CustomResourceDefinition of %s is what the strict schema prints',
  async (plural, definition) => {
    const kept = { ...definition, metadata: { ...definition.metadata, annotations: KEEP } };
    const printed = stringify(kept, { aliasDuplicateObjects: false, lineWidth: 0 });
    await expect(printed).toMatchFileSnapshot(join(CHART, 'files', `${plural}.yaml`));
  },
);

test('the policy against stored sentinels looks for the marker, plain and in base64 at each alignment', async () => {
  const template = await readFile(join(CHART, 'templates/admission/sentinel.yaml'), 'utf8');
  const forms = [...template.matchAll(/^ {6}"(.+)"(?: }})?$/gm)].map(([, form]) => form);
  const [, ...encoded] = SENTINEL_FORMS;
  expect(forms).toEqual([SENTINEL_MARKER, ...encoded.slice(0, 3)]);
});

test('`helm test` looks for every static policy that is installed', async () => {
  const folder = join(CHART, 'templates/admission');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
  const templates = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const names = templates
    .flatMap((each) => [...each.matchAll(/\(dict "name" "([a-z-]+)"/g)])
    .map(([, name]) => name);
  expect(names.sort()).toEqual(STATIC_POLICIES);
});
