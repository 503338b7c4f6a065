// What is small where it is stored and large where it is read, in a process of its own whose heap is bounded like a sidecar's
// (charts/chaperone).
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const HEAP = ['--max-semi-space-size=1', '--max-old-space-size=96'];
const MAX_GROWN_MIB = 100;
const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
const PRELUDE = `
  const { readFileSync } = await import('node:fs');
  const { keyedHash } = await import(${url('./keyed-hash.ts')});
  const { gzip } = await import(${url('./gzip.ts')});
  const { secret } = await import(${url('../masking/secret.ts')});
  const { roomForReleases } = await import(${url('../masking/helm/release.ts')});
  const { puttingSecretBack } = await import(${url('../masking/put-back/secret.ts')});
  const { checkWriteBody } = await import(${url('./write-body.ts')});
  const { readApiRequest } = await import(${url('../policy/api-request.ts')});
  const hash = keyedHash(Buffer.alloc(32, 1));
  const releases = { gzip, finds: () => false, exempt: [] };
  const body = readFileSync(0);
  const peakMib = () => process.resourceUsage().maxRSS / 1024;
  const before = peakMib();
  const said = (it) => it.code ?? it.kind;
  const read = () => said(secret({ hash, reveal: false, releases: { ...releases, room: roomForReleases() } })(JSON.parse(body)));
  const patched = () => said(puttingSecretBack({ hash, isCurrent: () => false, revealed: false, releases })(
    { form: 'merge', value: JSON.parse(body), dryRun: false, force: false },
    { kind: 'Secret', type: 'helm.sh/release.v1', metadata: { uid: 'u', resourceVersion: '5' }, data: { release: 'QQ==' } }));
  const request = readApiRequest('POST', '/api/v1/namespaces/shop/secrets');
  const made = () => said(checkWriteBody(body, 'application/json', { request }));
  const run = { read, patched, made };`;

/** What becomes of it, and the megabytes that took. */
function outcomeOf(does: 'read' | 'patched' | 'made', body: object) {
  const script = `${PRELUDE}\nconst outcome = run.${does}();\nconsole.log(JSON.stringify([outcome, peakMib() - before]));`;
  const args = [...HEAP, '--input-type=module', '-e', script];
  return JSON.parse(execFileSync(process.execPath, args, { input: JSON.stringify(body) }).toString());
}

const values = (bytes: number) => '{},'.repeat(bytes / 3);
const secretOf = (data: object, annotations: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'helm.sh/release.v1',
  metadata: { name: 'a', uid: 'u', resourceVersion: '5', annotations },
  data,
});
const releaseOf = (json: string) => secretOf({ release: btoa(gzipSync(json).toString('base64')) });
const MIB = 1024 * 1024;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const copyOf = (bytes: number) => ({ [LAST_APPLIED]: `{"metadata":{"x":[${values(bytes)}{}]}}` });
const config = (bytes: number) => `{"config":{"a":[${values(bytes)}{}]}}`;

test.each<[string, 'read' | 'patched' | 'made', object, string]>([
  ['a release of values is read', 'read', releaseOf(config(4 * MIB - 100)), 'masked'],
  ['as many values as are read of a release are', 'read', releaseOf(config(74_000)), 'masked'],
  ['a release of values is made', 'made', releaseOf(config(8 * MIB - 100)), 'checked'],
  ['a release of values is patched', 'patched', releaseOf(config(8 * MIB - 100)), 'putBack'],
  ['a release that is only looked through is made', 'made', releaseOf(config(8 * MIB - 100)), 'checked'],
  ['it is patched', 'patched', releaseOf(config(8 * MIB - 100)), 'putBack'],
  ['a copy of values is patched', 'patched', { metadata: { annotations: copyOf(3.9e6) } }, 'putBack'],
  ['a copy of values is read', 'read', secretOf({}, copyOf(250_000)), 'masked'],
])('where %s, it costs no more than a sidecar has', (_, does, body, outcome) => {
  const [said, grownMib] = outcomeOf(does, body);
  expect(said).toBe(outcome);
  expect(grownMib).toBeLessThan(MAX_GROWN_MIB);
});
