// Streams at their largest and most: 100 MB into a command by every kubectl, and 200 execs beside 500 watches in the memory that a
// sidecar has, each of them still served.
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { suiteCluster } from '../cluster/fixture.ts';
import { kubectl, kubectls } from '../streams/kubectls.ts';
import { manyStreams } from '../streams/many.ts';
import { streamRunStage } from '../streams/run-stage.ts';
import { POD, streamRules, streamStage, WEB } from '../streams/stage.ts';

const STDIN_BYTES = 100_000_000;
const EXECS = 200;
const WATCHES = 500;
/** A sidecar may take 200 MiB, of which it has 70 before it does anything (bench/README.md); `chaperone run` begins with more. */
const MAX_GROWTH_MIB = 130;

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

test('200 execs and 500 watches at once are served in the memory of a sidecar', async () => {
  await using run = await streamRunStage(cluster, 'many');
  const { governed, pod } = run;
  const beforeMiB = governed.peakRssMiB();
  const many = await manyStreams(governed, pod, { execs: EXECS, watches: WATCHES });
  await many.talk('again');
  await many.stop();
  expect(governed.ended()).toBeUndefined();
  expect(governed.peakRssMiB() - beforeMiB).toBeLessThan(MAX_GROWTH_MIB);
});
