// Streams at their largest and most: 100 MB into a command by every kubectl, and 200 execs beside 500 watches through the sidecar of
// one pod, in the memory that it is promised to take.
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { kubectl, kubectls } from '../streams/kubectls.ts';
import { sidecarStage } from '../streams/sidecar-stage.ts';
import { POD, streamRules, streamStage, WEB } from '../streams/stage.ts';

const STDIN_BYTES = 100_000_000;
const EXECS = 200;
const WATCHES = 500;
const MAX_MIB = 200;

const cluster = await suiteCluster();
const stage = await streamStage(cluster, 'large');
afterAll(() => stage[Symbol.asyncDispose]());

describe.each((await kubectls(cluster)).map((by) => [by.name, by] as const))('kubectl %s', (_, by) => {
  test('sends 100 MB into a command, and every byte arrives', async () => {
    stage.governed.entitle({ rules: streamRules(stage.namespace) });
    const piece = randomBytes(1_000_000);
    const input = Array.from({ length: STDIN_BYTES / piece.length }, () => piece);
    const hash = createHash('sha256');
    for (const each of input) hash.update(each);
    const args = ['exec', '-i', POD, '-c', WEB, '--', 'sh', '-c', 'sha256sum'];
    const { code, stdout, stderr } = await kubectl(by, {
      args,
      kubeconfig: stage.kubeconfigs.through,
      input,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${hash.digest('hex')}  -\n`);
  });
});

test('200 execs and 500 watches at once are served in 200 MiB of a sidecar', async ({ annotate }) => {
  await using many = await sidecarStage(cluster, 'many');
  const before = await many.sidecar.peaks();
  await many.serveMany({ execs: EXECS, watches: WATCHES });
  const { rss, cgroup } = await many.sidecar.peaks();
  await annotate(`peaks, MiB: RSS ${before.rss} → ${rss}, cgroup ${before.cgroup} → ${cgroup}`);
  expect(rss).toBeLessThan(MAX_MIB);
  expect(cgroup).toBeLessThan(MAX_MIB);
});
