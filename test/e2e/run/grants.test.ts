// Grants of a policy file, as they come and go under open calls: what an edit, a removal and a deadline do, and when.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../cluster/wait.ts';
import { seed } from '../../search/seeds.ts';
import { type Bench, openBench, type Running } from './bench.ts';
import { grantOf, policyFor } from './policy.ts';

let bench: Bench;
/** Each test has a policy file of its own. */
let file: string;
let tests = 0;
const hidden = seed('chaperone run, under Grants');
const VALUE = Buffer.from(hidden).toString('base64');

/** An edit is seen at the second look of 250 ms; a deadline is a timer. The rest is for a loaded machine. */
const PROMPT_MS = 1500;

beforeAll(async () => {
  bench = await openBench('run-grants');
  const secret = ['create', 'secret', 'generic', 'web', '-n', bench.namespace, `--from-literal=p=${hidden}`];
  const service = ['create', 'service', 'clusterip', 'shop', '-n', bench.namespace, '--tcp=80'];
  for (const made of [secret, service]) expect((await bench.cluster.kubectl(made)).code).toBe(0);
});
beforeEach(() => {
  tests += 1;
  file = `policy-${tests}.yaml`;
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const write = (...grants: object[]) => bench.file(file, [policyFor(bench.namespace), ...grants]);
const watching = (policy: string) =>
  bench.start(['run', '--policy', policy, '--', 'kubectl', 'get', 'services', '--watch', '--no-headers']);

interface Door {
  readonly running: Running;
  /** Whether the Secret's real value is shown, under a Grant of read-web. */
  isRevealed(): Promise<boolean>;
  showsServices(): Promise<boolean>;
}

async function open(policy: string): Promise<Door> {
  const running = bench.start(['run', '--policy', policy]);
  const [, kubeconfig = ''] = await running.says(/export KUBECONFIG=(.*)/);
  const get = (what: string[], reveals: string[] = []) =>
    bench.cluster.kubectl(['get', ...what], { kubeconfig, reveals });
  const read = ['secret', 'web', '--output=jsonpath={.data.p}'];
  return {
    running,
    isRevealed: async () => (await get(read, [hidden])).stdout === VALUE,
    showsServices: async () => (await get(['services'])).code === 0,
  };
}

const until = (what: string, probe: () => Promise<boolean>) =>
  waitFor({ what, timeoutMs: 10_000, probe: async () => (await probe()) || undefined });

it('a broken file keeps the last good one and says so once; mended, it says that too', async () => {
  const { running, isRevealed } = await open(await write(grantOf('a', 'read-web', '10m')));
  expect(await isRevealed()).toBe(true);
  const broken = `${JSON.stringify(policyFor(bench.namespace)).replace('"standing"', '"standin"')}\n`;
  await bench.file(file, broken);
  await running.says(/spec\.standin: is not a field of this kind; the last good policy stays in force/);
  expect(await isRevealed()).toBe(true);
  await write();
  await running.says(/is good again, and in force/);
  expect(await isRevealed()).toBe(false);
  expect(running.stderr().match(/stays in force/g)).toHaveLength(1);
});

it('a Grant that is added counts from then, one that was removed stays ended, an edit starts nothing anew', async () => {
  const { isRevealed, showsServices } = await open(await write());
  expect(await isRevealed()).toBe(false);
  await write(grantOf('b', 'read-web', '2s'));
  await until('the added Grant to reveal', isRevealed);
  const addedMs = performance.now();
  await write(grantOf('b', 'read-web', '3s'));
  await until('the longer Grant to end', async () => !(await isRevealed()));
  // The edit gave it 3 s from its first reading, which was before it was seen to reveal.
  expect(performance.now() - addedMs).toBeLessThan(3000 + PROMPT_MS);
  await write(grantOf('b', 'read-web', '10m'), grantOf('c', 'read-web', '10m'));
  await until('a Grant of another name to reveal', isRevealed);
  await write();
  await until('its removal to mask again', async () => !(await isRevealed()));
  // The Grant of yet another name tells when the file has been read again: its scope shows the Services.
  await write(
    ...['b', 'c'].map((name) => grantOf(name, 'read-web', '10m')),
    grantOf('d', 'see-services', '10m'),
  );
  await until('the file to be read again', showsServices);
  expect(await isRevealed()).toBe(false);
});

it('an open watch ends with an error within its bound when its Grant is removed', async () => {
  const running = watching(await write(grantOf('e', 'see-services', '10m')));
  await running.says(/^shop/m);
  const removedMs = performance.now();
  await write();
  const ended = await running.ended;
  expect(performance.now() - removedMs).toBeLessThan(PROMPT_MS);
  // kubectl prints the ERROR event as it prints any other.
  expect(ended.stdout).toMatch(/Failure +Forbidden +chaperone refuses watch services/);
});

it('an open watch ends with an error when its Grant of 3 s ends, no sooner and little later', async () => {
  const policy = await write(grantOf('f', 'see-services', '3s'));
  const startedMs = performance.now();
  const running = watching(policy);
  await running.says(/^shop/m);
  const shownMs = performance.now();
  const ended = await running.ended;
  const endedMs = performance.now();
  // Its clock started between our start and the first answer.
  expect([startedMs + 3000, endedMs, shownMs + 3000 + PROMPT_MS]).toSatisfy(inOrder);
  expect(ended.stdout).toMatch(
    /Failure +Forbidden +.*Grant local\/f of scope see-services covered it and has ended/,
  );
});

const inOrder = (stamps: readonly number[]) => stamps.every((at, i) => i === 0 || at >= (stamps[i - 1] ?? 0));
