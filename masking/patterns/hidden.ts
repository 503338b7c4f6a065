// What may be hidden at a place of an object as it stands, in the shape of the object.
import type { Place, Version } from '../sentinel.ts';
import type { Span } from './span.ts';

/** A place at or below which something is hidden. */
export type Hidden =
  | LiveText
  /** An object, of which no field's name is hidden. */
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, Hidden> }
  /** A list whose items are known by name (named-lists.ts). */
  | Named
  /** Of whose parts only its kind, or a hidden name, says which is which: it is written as it is shown, or not at all. */
  | { readonly kind: 'sealed'; readonly value: unknown; readonly shown: unknown; readonly count: number };

export interface Named {
  readonly kind: 'named';
  /** Of its items, in order. */
  readonly names: readonly string[];
  readonly has: ReadonlySet<unknown>;
  /** Those in which something is hidden. */
  readonly items: ReadonlyMap<unknown, Hidden>;
}

export interface LiveText {
  readonly kind: 'text';
  readonly text: string;
  readonly shown: string;
  readonly spans: readonly Span[];
  readonly isCopy: boolean;
  /** Of piece i. */
  readonly placeOf: (index: number) => Place;
  /** As a person reads it. */
  readonly at: string;
}

export interface HiddenTexts {
  readonly kind: 'texts';
  readonly version: Version;
  readonly root: Hidden | undefined;
  readonly texts: readonly LiveText[];
  /** What stands for their pieces at this version. */
  readonly sentences: () => ReadonlySet<string>;
}
