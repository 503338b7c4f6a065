// The demo as a guest on a cluster of other people: it says what it lacks, plays, and takes away all that it made.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDemo } from './demo-fixture.ts';
import { CONTEXT, type GivenCluster, givenCluster, IMAGE } from './demo-given-cluster.ts';

let given: GivenCluster;
beforeAll(async () => {
  given = await givenCluster();
}, 120_000);
afterAll(() => given?.cluster.stop());

test('a context that is not there, and a cluster without chaperone, are a line each and exit 64', async () => {
  const nowhere = await startDemo([
    '--context',
    'nowhere',
    '--agent-image',
    'a',
    '--kubeconfig',
    given.cluster.kubeconfig,
  ]).ended;
  expect(nowhere).toMatchObject({
    code: 64,
    stderr: `--context: there is no nowhere; there are ${CONTEXT}\n`,
  });
  const { code, stderr } = await given.play().ended;
  expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 64, lines: 1 });
  expect(stderr).toContain('--image REPO:TAG says where its nodes find it');
});

test('the demo brings chaperone where there is none, and takes away all that it made', async () => {
  const before = await given.everything();
  const { code, stderr, steps } = await given.play('--image', IMAGE).ended;
  expect(steps.filter(({ ok: fits }) => fits === false)).toEqual([]);
  expect(steps.filter(({ left_out }) => left_out !== undefined).map(({ step }) => step)).toEqual([
    'the API server never heard of either',
    'every call is a span at the OpenTelemetry Collector, a command each',
  ]);
  expect(steps).toHaveLength(26);
  expect(stderr).toMatch(/^… 24 steps, each as expected, 2 left out, in \d+ s$/m);
  expect(code).toBe(0);
  expect(await given.everything()).toBe(before);
}, 240_000);

test('an interrupted demo takes away what it has made so far', async () => {
  const before = await given.everything();
  const demo = given.play('--image', IMAGE);
  await demo.says(/installing the chart/);
  await expect
    .poll(() => given.everything(), { timeout: 20_000 })
    .toMatch(/webhookconfiguration\S*\/chaperone/);
  demo.interrupt();
  expect((await demo.ended).code).toBe(130);
  expect(await given.everything()).toBe(before);
}, 120_000);
