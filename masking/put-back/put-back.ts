// What putting back takes and gives: a write as an agent meant it, the object as it stands, and what goes on instead or why
// nothing does. Pure; who reads the live object and who answers are elsewhere.
import type { Place } from '../sentinel.ts';

/** A write's body, as policy/written read it. */
export interface Write {
  /** An object (PUT), an apply, a merge patch (RFC 7386), a strategic merge patch, a JSON Patch (RFC 6902). */
  readonly form: 'object' | 'apply' | 'merge' | 'strategic' | 'operations';
  readonly value: unknown;
  readonly dryRun: boolean;
  /** Of an apply: conflicts are overridden. */
  readonly force: boolean;
  /** Who writes, as managedFields will name it (`fieldManager`). */
  readonly manager?: string | undefined;
}

export interface PutBack {
  readonly kind: 'putBack';
  /** What goes on: the write's form, with each sentinel's value and with the live resourceVersion. */
  readonly value: unknown;
  /** How many values were put back. */
  readonly count: number;
  /** The resourceVersion is ours: the agent gave none, and a conflict may be judged again. */
  readonly pinned: boolean;
  /** The places that the agent gave another value; one that was removed need not be among them. */
  readonly changed: readonly Place[] | 'all';
  /** Something of the object is hidden: what is said of the write may quote it. */
  readonly hides: boolean;
}

export interface Fault {
  readonly kind: 'fault';
  readonly code: /** A sentinel of another version: the value may have changed since. */
    | 'SentinelStale'
    /** A sentinel that stands where its value does not, or is not whole. */
    | 'SentinelMisplaced'
    /** A plain value over a hidden one, where the answer would tell whether the two are equal. */
    | 'HiddenOverwritten'
    /** A text that a pattern hides, written over, cut, or no longer known as the one that it is. */
    | 'HiddenTextOverwritten'
    /** A hidden value that would be moved or copied to another place. */
    | 'HiddenCarried'
    /** The write is for another version of the object. */
    | 'ObjectChanged'
    /** Whether anything is hidden of the object cannot be told; `at` says why. */
    | 'LiveUnreadable'
    /** A Helm release of which it cannot be told whether a sentinel stands in it. */
    | 'TooLarge'
    /** The object is a credential for the API server, which is never written. */
    | 'ClosedType';
  /** The place, such as `data.password`; names of fields and keys, and never a value. */
  readonly at: string;
  /** Where in this object the sentinel belongs. */
  readonly belongsAt?: string;
}

/** `live` is the object as the API server has it, parsed. */
export type PuttingBack = (write: Write, live: unknown) => PutBack | Fault;

export const fault = (code: Fault['code'], at: string): Fault => ({ kind: 'fault', code, at });
