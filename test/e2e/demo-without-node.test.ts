// The demo where the machine can host no node: here one that has neither runc nor iptables in its PATH.
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findAll } from '../cluster/executable.ts';
import { startDemo } from './demo-fixture.ts';

const folder = await mkdtemp(join(tmpdir(), 'no-runc-'));
afterAll(() => rm(folder, { recursive: true }));

/** What a control plane alone takes from the machine; Go and git for programs that are still to be built. */
const PROGRAMS = ['sh', 'go', 'git', 'ldd', 'cat', 'ps'];

test('plays what needs no node, and says which steps it left out and why', async () => {
  for (const name of PROGRAMS) {
    const [path] = await findAll(name);
    if (path !== undefined) await symlink(path, join(folder, name));
  }
  const { code, stderr, steps } = await startDemo([], { PATH: folder }).ended;
  expect(stderr).toMatch(/^… This machine cannot host a node: runc, .* not found in PATH: playing what/m);
  expect(steps.filter(({ ok }) => ok === false)).toEqual([]);
  const out = steps.filter(({ left_out }) => left_out !== undefined);
  expect(out.map(({ step }) => step)).toEqual([
    'its credential lies in its container',
    'injection changed the pod',
    'it runs a command that a rule names',
    'another command is refused, with those that are given',
    'a person sees later what it saw',
    "the real credential is nowhere in the agent's container",
  ]);
  for (const { left_out } of out) expect(left_out).toMatch(/^This machine cannot host a node: runc/);
  const played = steps.length - out.length;
  expect(played).toBe(26);
  expect(stderr).toMatch(new RegExp(`^… ${played} steps, each as expected, 6 left out, in \\d+ s$`, 'm'));
  expect(code).toBe(0);
}, 180_000);
