// What whoever was refused can do about it: a small closed set, each with the words its sentence begins with, so that from
// these alone a person, a program and a language model know whether to change, wait, ask or stop.

export const REMEDIES = {
  /** The same thing, asked in another form, can pass. */
  alter: 'Change it:',
  /** The same request can pass later. */
  retry: 'Try again',
  /** A Grant can allow it: a person gives one. */
  ask: 'Ask for a Grant:',
  /** A change of a policy or of a namespace can allow it: those who own it decide. */
  owners: 'Ask the owners of',
  /** The cluster or chaperone itself is not as it should be: those who run it mend it. */
  operators: 'Tell the operators of',
  /** Nothing opens it to an agent; a person does it without chaperone. */
  person: 'Let a person',
  /** Nothing will help. */
  none: 'Stop here:',
} as const;

export type Remedy = keyof typeof REMEDIES;
