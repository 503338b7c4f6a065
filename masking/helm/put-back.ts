// A release that was shown with values hidden in it, written back: what Helm says of a revision may be new (its status, what a
// hook did), all else must be what was shown, and is stored as it is stored now.
import { printJson } from '../json.ts';
import type { ValueField } from '../secret-fields.ts';
import { type Hash, holdsSentinel, readSentinel, SENTINEL_MARKER, type Version } from '../sentinel.ts';
import { isObject } from '../shape.ts';
import {
  decodeRelease,
  encodeRelease,
  type Gzip,
  MAX_RELEASE_BYTES,
  type Payload,
  readRelease,
  unpackRelease,
} from './codec.ts';
import { RELEASE_KEY, RELEASE_TYPE, type ReleaseReading, showPayloadAt } from './release.ts';
import { firstDifference } from './same.ts';
import { toldAnew, withoutTold, withTold } from './told.ts';

export type ReleasePutBack =
  /** It holds no sentinel: another value, like any. */
  | { readonly kind: 'plain' }
  /** What is stored; `count` values stood hidden in what was written. */
  | { readonly kind: 'putBack'; readonly value: string; readonly count: number }
  /** `at` is a path in the release. */
  | {
      readonly kind: 'fault';
      readonly code: 'SentinelStale' | 'SentinelMisplaced' | 'TooLarge';
      readonly at: string;
    };

export interface PuttingReleaseBack extends Pick<ReleaseReading, 'gzip' | 'finds'> {
  readonly hash: Hash;
  /** Of the live object. */
  readonly version: Version;
  /** Whether what was shown at that resourceVersion is still what is stored. */
  readonly isCurrent: (resourceVersion: string) => boolean;
}

/** `written` and `live` stand below `data`, at the key `release` of one object. */
export function putReleaseBack(written: string, live: string, how: PuttingReleaseBack): ReleasePutBack {
  const looked = lookInto('data', written, how.gzip, RELEASE_TYPE);
  if (looked.kind === 'nothing') return { kind: 'plain' };
  if (looked.kind === 'tooLarge') return { kind: 'fault', code: 'TooLarge', at: '' };
  const wrote = looked.payload;
  const stored = decodeRelease(live, how.gzip, MAX_RELEASE_BYTES).payload;
  const shownAt = wrote && versionIn(textOf(wrote));
  if (stored === undefined || wrote === undefined || shownAt === undefined) return misplaced('');
  if (!how.isCurrent(shownAt)) return { kind: 'fault', code: 'SentinelStale', at: '' };
  const shown = showPayloadAt(stored, { ...how.version, resourceVersion: shownAt }, how.hash, how.finds);
  if (shown.kind === 'unreadable' || !isObject(shown.value)) return misplaced('');
  const different = firstDifference(withoutTold(shown.value), withoutTold(wrote));
  if (different !== undefined) return misplaced(different);
  if (holdsSentinel(toldAnew(wrote, shown.value))) return misplaced('info');
  const value = withTold(stored, wrote, shown.value);
  if (value === stored) return { kind: 'putBack', value: live, count: shown.count };
  const encoded = encodeRelease(value, how.gzip);
  return encoded.kind === 'json'
    ? { kind: 'putBack', value: encoded.value, count: shown.count }
    : misplaced('');
}

const misplaced = (at: string): ReleasePutBack => ({ kind: 'fault', code: 'SentinelMisplaced', at });

/** What stands at the key `release` of a Secret that is written: compression hides a sentinel from whoever looks through texts. */
export type Looked =
  | { readonly kind: 'nothing' }
  /** Undefined: it is more than is read, or no JSON. */
  | { readonly kind: 'sentinel'; readonly payload: Payload | undefined }
  /** Of a release so large it cannot be told. */
  | { readonly kind: 'tooLarge' };

/** Of a Secret of whatever type; but only a release is ever too large. */
export function lookIntoRelease(secret: unknown, gzip: Gzip): Looked {
  if (!isObject(secret)) return NOTHING;
  const looked = FIELDS.map((field) => {
    const values = secret[field];
    return isObject(values) ? lookInto(field, values[RELEASE_KEY], gzip, secret.type) : NOTHING;
  });
  return looked.find(({ kind }) => kind !== 'nothing') ?? NOTHING;
}

const FIELDS: readonly ValueField[] = ['data', 'stringData'];
const NOTHING: Looked = { kind: 'nothing' };

/** The same of a value that is written at the key `release` of one of the two fields, into a Secret of that type. */
export function lookInto(field: ValueField, value: unknown, gzip: Gzip, type: unknown): Looked {
  if (typeof value !== 'string') return NOTHING;
  const unpacked = unpackRelease(field, value, gzip, MAX_WRITTEN_BYTES);
  switch (unpacked.kind) {
    case 'none':
      return NOTHING;
    case 'tooLarge':
      return type === RELEASE_TYPE ? { kind: 'tooLarge' } : NOTHING;
    case 'unpacked': {
      const { bytes } = unpacked;
      const { payload } = readRelease(bytes);
      const text = payload === undefined ? new TextDecoder('latin1').decode(bytes) : textOf(payload);
      return holdsSentinel(text) ? { kind: 'sentinel', payload } : NOTHING;
    }
  }
}

/** Whether two values are one release, but for what Helm notes about it. */
export function isSameRelease(a: string, b: string, gzip: Gzip): boolean {
  const [one, other] = [a, b].map((it) => decodeRelease(it, gzip, MAX_WRITTEN_BYTES).payload);
  if (one === undefined || other === undefined) return false;
  return firstDifference(withoutTold(one), withoutTold(other)) === undefined;
}

/** Sentinels are longer than most of what they stand for. */
export const MAX_WRITTEN_BYTES = 2 * MAX_RELEASE_BYTES;

/** What cannot be printed is taken to hold one. */
function textOf(payload: unknown): string {
  const printed = printJson(payload);
  return printed.kind === 'json' ? printed.value : SENTINEL_MARKER;
}

/** A sentence, plain or in base64. */
const SENTENCE = new RegExp(`${SENTINEL_MARKER}[0-9a-f]{48}|${btoa(SENTINEL_MARKER)}[A-Za-z0-9]{64}`);

/** The version of the first sentinel in a text; all of a release are of one. */
function versionIn(text: string): string | undefined {
  const [found = ''] = SENTENCE.exec(text) ?? [];
  return readSentinel(found.startsWith(SENTINEL_MARKER) ? found : atob(found))?.version;
}
