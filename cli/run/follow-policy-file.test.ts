import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createHeldEntitlements } from '../../sidecar/held-entitlements.ts';
import { systemClock as clock } from '../../sidecar/monotonic.ts';
import { UsageError } from '../usage-error.ts';
import { followPolicyFile } from './follow-policy-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'policy.yaml');
const MEBIBYTE = 1024 * 1024;
const policy = (spec: string) =>
  `apiVersion: chaperone.dev/v1alpha1\nkind: AgentPolicy\nmetadata: {name: t}\nspec: ${spec}\n`;

it.each<[string, string, string]>([
  ['is not there', join(folder, 'absent'), 'it cannot be read: ENOENT'],
  ['is a folder', folder, 'it is not a regular file'],
  ['is larger than any policy', '#'.repeat(MEBIBYTE + 1), `it is larger than ${MEBIBYTE} bytes`],
  ['is none', policy('{standin: {}}'), 'document 1: AgentPolicy spec.standin: is not a field of this kind'],
])('a file that %s is named at the start, with what is wrong, and nothing is held', (_, given, why) => {
  const file = given.startsWith(folder) ? given : path;
  if (file === path) writeFileSync(path, given);
  const held = createHeldEntitlements(clock);
  const start = () => followPolicyFile({ path: file, held, clock, say: () => {} });
  expect(start).toThrow(new UsageError(`--policy ${file}: ${why}`));
  expect(held.current()).toBeUndefined();
});

it('a file that can be used holds from the start', () => {
  writeFileSync(path, policy('{agents: {serviceAccounts: [triage-bot]}}'));
  const held = createHeldEntitlements(clock);
  const followed = followPolicyFile({ path, held, clock, say: () => {} });
  expect(held.current()?.held.kind).toBe('policy');
  followed.stop();
});
