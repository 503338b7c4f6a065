// Secrets written by an unmodified kubectl that never saw their values: what is stored is, byte for byte, what was stored.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Json } from '../adversarial/answers.ts';
import { ok } from '../cluster/pods.ts';
import { seed } from '../search/seeds.ts';
import { base64, LAST_APPLIED, labelled, openStage, PATCH, saved } from './write-back-stage.ts';

const { applied, created, governed, kubectl, now, records, secret, send, shown, stored, VALUES } =
  await openStage('write-back');
const MADE = { created, applied };
const folder = await mkdtemp(join(tmpdir(), 'write-back-'));
afterAll(() => rm(folder, { recursive: true }));

async function script(text: string): Promise<string> {
  const file = join(folder, `editor-${Math.random().toString(36).slice(2)}`);
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
  return file;
}
const NOTE = 's/note: before/note: after/; s/"note":"before"/"note":"after"/';
const editing = async (...command: string[]) =>
  kubectl(command, '', { ...process.env, KUBE_EDITOR: await script(`sed -i '${NOTE}' "$1"`) });

interface Way {
  readonly what: string;
  /** Does it, to the object as it was shown. */
  readonly does: (shown: Json) => ReturnType<typeof kubectl>;
  /** Of the stored object, afterwards. */
  readonly done: (object: Json) => unknown;
}
const way = (what: string, does: Way['does'], done: Way['done'] = () => undefined): Way => ({
  what,
  does,
  done,
});

const isLabelled = ({ metadata }: Json) => expect(metadata.labels.seen).toBe('yes');
const isNoted = ({ metadata }: Json) => expect(metadata.annotations.note).toBe('after');
const isCopied = ({ metadata }: Json) =>
  expect(Object.keys(JSON.parse(metadata.annotations[LAST_APPLIED]).data).sort()).toEqual(
    Object.keys(VALUES).sort(),
  );
const ALSO_OF_CREATED: readonly Way[] = [
  way('edit', () => editing('edit', 'secret', now.name), isNoted),
  way('apply', (it) => kubectl(['apply', '-f', '-'], saved(it, labelled)), isLabelled),
  way(
    'apply --server-side',
    (it) => kubectl(['apply', '--server-side', '-f', '-'], saved(it, labelled)),
    isLabelled,
  ),
  way(
    'replace --save-config',
    (it) => kubectl(['replace', '--save-config', '-f', '-'], saved(it, labelled)),
    isLabelled,
  ),
  way(
    'apply set-last-applied',
    (it) => kubectl(['apply', 'set-last-applied', '--create-annotation', '-f', '-'], saved(it)),
    isCopied,
  ),
];
const patch = (type: string, body: unknown) =>
  kubectl(['patch', 'secret', now.name, `--type=${type}`, '-p', JSON.stringify(body)]);
const WAYS: readonly Way[] = [
  ...ALSO_OF_CREATED,
  way('apply edit-last-applied', () => editing('apply', 'edit-last-applied', 'secret', now.name), isCopied),
  way(
    'apply --server-side --force-conflicts',
    (it) => kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], saved(it, labelled)),
    isLabelled,
  ),
  way(
    'replace of what was shown',
    (it) => {
      labelled(it);
      return kubectl(['replace', '-f', '-'], it);
    },
    isLabelled,
  ),
  way('label', () => kubectl(['label', 'secret', now.name, 'seen=yes']), isLabelled),
  way('annotate', () => kubectl(['annotate', 'secret', now.name, 'note=after', '--overwrite']), isNoted),
  way(
    'patch --type=json of what was shown',
    ({ data }) => {
      const operations = Object.entries(data).flatMap(([key, value]) =>
        ['test', 'replace'].map((op) => ({ op, path: `/data/${key}`, value })),
      );
      return patch('json', [...operations, { op: 'add', path: '/metadata/labels/seen', value: 'yes' }]);
    },
    isLabelled,
  ),
  ...['merge', 'strategic'].map((type) =>
    way(
      `patch --type=${type} of what was shown`,
      ({ data }) => patch(type, { data, metadata: { labels: { seen: 'yes' } } }),
      isLabelled,
    ),
  ),
  way('diff', (it) => kubectl(['diff', '-f', '-'], saved(it))),
  way('apply --dry-run=server', (it) =>
    kubectl(['apply', '--dry-run=server', '-f', '-'], saved(it, labelled)),
  ),
];

describe.each([
  { made: 'created' as const, ways: ALSO_OF_CREATED },
  { made: 'applied' as const, ways: WAYS },
])('of a Secret that a person $made', ({ made, ways }) => {
  test.each(ways)('kubectl $what leaves every value as it is', async ({ does, done }) => {
    await MADE[made]();
    const before = await stored();
    const did = await does(await shown());
    expect(did, did.stderr).toMatchObject({ code: 0 });
    const after = await stored();
    expect(after.data).toEqual(before.data);
    expect(JSON.stringify(after)).not.toContain('chaperone: hidden');
    const copy = after.metadata.annotations[LAST_APPLIED];
    if (made === 'applied') expect(JSON.parse(copy ?? '{}').data).toEqual(VALUES);
    else expect(copy ?? '').not.toContain(VALUES.password);
    done(after);
  });
});

test('the fields that others manage stay theirs, also as kubectl takes an object over into server-side apply', async () => {
  await applied();
  const dataOf = ({ metadata }: Json) =>
    metadata.managedFields.map(({ manager, operation, fieldsV1 }: Json) => [
      manager,
      operation,
      Object.keys(fieldsV1['f:data'] ?? {}),
    ]);
  const keys = Object.keys(VALUES).map((key) => `f:${key}`);
  expect(dataOf(await stored())).toEqual([
    ['kubectl-client-side-apply', 'Update', expect.arrayContaining(['.', ...keys])],
  ]);
  await ok(kubectl(['apply', '--server-side', '-f', '-'], saved(await shown(), labelled)));
  const after = dataOf(await stored());
  expect(after).toContainEqual(['kubectl', 'Apply', expect.arrayContaining(keys)]);
});

test('a file that was saved once is applied again and again', async () => {
  await created();
  const file = saved(await shown(), labelled);
  await ok(kubectl(['apply', '-f', '-'], file));
  const { metadata } = await stored();
  await ok(kubectl(['apply', '-f', '-'], file));
  expect((await stored()).metadata).toEqual(metadata);
  await ok(kubectl(['label', 'secret', now.name, 'more=yes']));
  await ok(kubectl(['annotate', 'secret', now.name, 'note=after', '--overwrite']));
  await ok(kubectl(['apply', '-f', '-'], file));
  expect((await stored()).data).toEqual(VALUES);
});

test('keys are added, replaced and removed beside those that are hidden', async () => {
  await created();
  const mine = base64('of the agent');
  const file = saved(await shown(), (it) => {
    delete it.data.empty;
    it.data.password = mine;
    it.stringData = { new: 'of the agent' };
  });
  expect(await ok(kubectl(['replace', '-o', 'json', '-f', '-'], file))).not.toContain(mine);
  const { 'tls.key': key } = VALUES;
  expect((await stored()).data).toEqual({ 'tls.key': key, password: mine, new: mine });
});

test('Secrets are created, tried and deleted, and their values are hidden from then on', async () => {
  const literal = seed('created by an agent');
  const creating = ['create', 'secret', 'generic', now.name, `--from-literal=a=${literal}`, '-o', 'json'];
  for (const more of [['--dry-run=server'], []]) {
    const out = await kubectl([...creating, ...more]);
    expect(out, out.stderr).toMatchObject({ code: 0 });
    const { data } = JSON.parse(out.stdout);
    expect(Buffer.from(data.a, 'base64').toString()).toMatch(/^chaperone: hidden value /);
  }
  expect((await stored()).data).toEqual({ a: base64(literal) });
  await ok(kubectl(['delete', 'secret', now.name]));
  expect((await kubectl(['label', 'secret', now.name, 'seen=yes'])).stderr).toMatch(/not found/);
  // Asked of the API server itself, by who knows that nothing stands there.
  const late = await send('PATCH', { metadata: { labels: { seen: 'yes' } } }, { type: PATCH.merge });
  expect([late.status, late.json().reason]).toEqual([404, 'NotFound']);
});

test('an apply makes what is not there', async () => {
  const data = { a: base64('b') };
  await ok(kubectl(['apply', '--server-side', '-f', '-'], secret(data)));
  expect((await stored()).data).toEqual(data);
});

test('a call that put values back says how many, in its record and its account', async () => {
  await created();
  const it = await shown();
  records.length = 0;
  expect((await send('PUT', it)).status).toBe(200);
  const putBack = Object.keys(VALUES).length;
  expect(records).toMatchObject([{ verb: 'update', putBack }]);
  expect(governed.ended.at(-1)).toMatchObject({ putBack, status: 200 });
  expect(JSON.stringify(records)).not.toContain(VALUES.password);
});
