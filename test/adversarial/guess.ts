// An attack on a hidden value: what an agent does to learn whether it is the one that it guesses, and what it has for it.

import type { Ask } from './agent.ts';
import type { Answered, Json } from './answers.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export interface Spy {
  readonly path: string;
  readonly name: string;
  /** base64, as it would stand in data. */
  readonly guess: string;
  /** The Secret as the agent was shown it before. */
  readonly shown: Json;
  /** As another pod of the same policy was shown it: its sentinels are of another key. */
  readonly shownToOther: Json;
  readonly send: (ask: Ask, who?: 'one' | 'other') => Promise<Answered>;
  /** Once what is asked has been judged, and before the API server has it, another makes a write; given the hidden value. */
  readonly overtaken: (ask: Ask, by: (value: string) => Ask) => Promise<Answered>;
}

export interface Attack {
  readonly what: string;
  /** What the Secret has beside its value; given the value that it hides and the guess, in base64. */
  readonly made?: (value: string, guess: string) => object;
  readonly does: (spy: Spy) => Promise<unknown>;
  /** How each of its calls ends, whatever the value is: a status, and the reason of a refusal. */
  readonly ends: readonly string[];
}

const PATCH = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  operations: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};
type Patch = keyof typeof PATCH;

export const put = ({ path }: Spy, object: Json, query = ''): Ask => ({
  method: 'PUT',
  path: path + query,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(object),
});
export const patch = ({ path }: Spy, how: Patch, body: unknown, query = ''): Ask => ({
  method: 'PATCH',
  path: path + query,
  headers: { 'content-type': PATCH[how] },
  body: JSON.stringify(body),
});
export const read = ({ path }: Spy, accept = 'application/json'): Ask => ({ path, headers: { accept } });

/** The Secret as a client would write it that had guessed. */
export const guessed = ({ shown, guess }: Spy): Json => ({
  ...shown,
  data: { ...shown.data, password: guess },
});
export const bare = ({ name, shown }: Spy, fields: object): Json => ({
  apiVersion: 'v1',
  kind: 'Secret',
  type: shown.type,
  metadata: { name },
  ...fields,
});
export const dataOf = ({ guess }: Spy) => ({ data: { password: guess } });
export const textOf = ({ guess }: Spy) => ({
  stringData: { password: Buffer.from(guess, 'base64').toString() },
});
export const copyOf = (value: string) =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data: { password: value } })}\n`;
export const applied = (value: string) => ({ metadata: { annotations: { [LAST_APPLIED]: copyOf(value) } } });

export const DRY = '?dryRun=All';
export const as = (manager: string, more = '') => `?fieldManager=${manager}${more}`;
export const OVERWRITTEN = '403 HiddenOverwritten';

export const PASSWORD = '/data/password';

/** An annotation that is hidden as a whole. */
export const document = (value: string) => ({
  metadata: { annotations: { 'example.com/document': JSON.stringify({ settings: { password: value } }) } },
});

/** An attack of one call. */
export const one = (what: string, ask: (spy: Spy) => Ask, end: string, made?: Attack['made']): Attack => ({
  what,
  does: (spy) => spy.send(ask(spy)),
  ends: [end],
  ...(made && { made }),
});
