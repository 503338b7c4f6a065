// An object with hidden texts, as it stands and as it is shown, and what becomes of a write of it.
import type { Write } from '../put-back/put-back.ts';
import { testHash } from '../test-bodies.ts';
import { compilePatterns } from './compile.ts';
import { puttingTextsBack } from './put-back.ts';
import { textsHidden } from './wall.ts';

export const hash = testHash('pod');
export const patterns = compilePatterns({
  wellKnown: true,
  patterns: [
    { name: 'pin', pattern: '(?i)pin[=:] ?(?P<hide>[0-9]+)' },
    { name: 'word', pattern: 'secret-[a-z]+' },
  ],
});
export const wall = textsHidden({ hash, patterns, behindSecrets: false });
export const putting = puttingTextsBack({ hash, patterns });

// biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
export type Json = any;
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
export const key = ['-----BEGIN PRIVATE KEY-----', 'MIIE', '-----END PRIVATE KEY-----'].join('\n');
export const live = (): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', uid: 'u1', resourceVersion: '7', annotations: { note: 'pin=99' } },
  data: {
    file: `a: 1\npin: 22 pin=3\n${key}\nz: 1\n`,
    PIN: '4444',
    other: 'plain',
    mixed: 'x secret-a y secret-b',
  },
});
export const shown = (object: unknown): Json => {
  const outcome = wall.body(object);
  if (outcome.kind !== 'masked') throw new Error(outcome.why);
  return outcome.value;
};
export const write = (form: Write['form'], value: unknown, rest: Partial<Write> = {}) =>
  putting({ form, value, dryRun: false, force: false, ...rest }, live());
export const pod = (): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', uid: 'u1', resourceVersion: '7' },
  spec: {
    containers: [
      { name: 'a', env: [{ name: 'PIN', value: '1' }] },
      { name: 'b', env: [{ name: 'PIN', value: '2' }] },
    ],
  },
});
export const putInto = (live: Json, form: Write['form'], value: unknown, rest: Partial<Write> = {}) =>
  putting({ form, value, dryRun: false, force: false, ...rest }, live);
export const code = (outcome: ReturnType<typeof write>) =>
  outcome.kind === 'fault' ? [outcome.code, outcome.at] : outcome.kind;
export const goesOn = (outcome: ReturnType<typeof write>): Json => {
  if (outcome.kind === 'fault') throw new Error(`${outcome.code} ${outcome.at}`);
  return outcome.value;
};
