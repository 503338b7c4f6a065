// A Helm release as a Secret holds it: decoded, its own secret values hidden within, encoded again. One in which nothing is
// hidden passes byte for byte; one that cannot be read is for the caller to hide whole.
import { type Hash, type Place, sentinel, type Version } from '../sentinel.ts';
import { isObject, type Masked, masked } from '../shape.ts';
import { decodeRelease, encodeRelease, type Gzip, MAX_RELEASE_BYTES } from './codec.ts';
import { isExempt, type Release } from './exempt.ts';
import { stepsOf } from './known-in.ts';
import type { Finds } from './leaves.ts';
import { showPayload } from './payload.ts';

/** How releases are read. */
export interface ReleaseReading {
  readonly gzip: Gzip;
  /** Whether a pattern of the policy finds something in a text, or in one that is the value of a key. */
  readonly finds: Finds;
  /** In these nothing is hidden. */
  readonly exempt: readonly Release[];
}

/** Those of one body. */
export interface Releases extends ReleaseReading {
  readonly room: Room;
}

/** What may still be read and printed: releases are small in a body, and large as they are read. */
export interface Room {
  leftBytes: number;
  /** Values, keys and lines of manifests, and what is hidden of them: time goes with these. Of ten revisions of a large chart there are half as many. */
  leftSteps: number;
}

export const roomForReleases = (): Room => ({ leftBytes: 4 * MAX_RELEASE_BYTES, leftSteps: 250_000 });

/** The type and the key of a Secret that holds a release (helm pkg/storage/driver/secrets.go). */
export const RELEASE_TYPE = 'helm.sh/release.v1';
export const RELEASE_KEY = 'release';

/** Of a Secret; undefined: it holds no release. */
export function releaseIn(secret: unknown): string | undefined {
  if (!isObject(secret) || secret.type !== RELEASE_TYPE || !isObject(secret.data)) return undefined;
  const value = Object.hasOwn(secret.data, RELEASE_KEY) ? secret.data[RELEASE_KEY] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export const isReleasePlace = ({ part, key }: Place): boolean => part === 'data' && key === RELEASE_KEY;

/**
 * What is shown of the release in a Secret, in the place of its value. Undefined: it holds none, or one that cannot be read, or
 * there is no room for it.
 */
export function showRelease(
  secret: unknown,
  version: Version,
  hash: Hash,
  { gzip, finds, exempt, room }: Releases,
): Masked<string> | undefined {
  const value = releaseIn(secret);
  if (value === undefined || !isObject(secret)) return undefined;
  if (isExempt(exempt, secret.metadata)) return masked(value, 0);
  const { payload, values, bytes } = decodeRelease(value, gzip, Math.min(MAX_RELEASE_BYTES, room.leftBytes));
  const steps = payload === undefined ? Number.POSITIVE_INFINITY : values + stepsOf(payload);
  if (steps > room.leftSteps) {
    // What is not read leaves room for those after it, however many there are.
    room.leftBytes -= Math.min(bytes, Math.floor(room.leftBytes / 4));
    return undefined;
  }
  room.leftBytes -= bytes;
  room.leftSteps -= steps;
  const shown = showPayloadAt(payload, version, hash, finds);
  if (shown.kind === 'unreadable') return undefined;
  if (shown.count === 0) return masked(value, 0);
  const encoded = encodeRelease(shown.value, gzip);
  if (encoded.kind === 'unreadable' || encoded.value.length > room.leftBytes) return undefined;
  room.leftBytes -= encoded.value.length;
  room.leftSteps -= shown.count;
  return masked(encoded.value, shown.count);
}

/** The JSON as it is shown at a version. */
export const showPayloadAt = (
  payload: unknown,
  version: Version,
  hash: Hash,
  finds: Finds,
): ReturnType<typeof showPayload> =>
  showPayload(payload, {
    finds,
    sentence: (path) => sentinel(hash, version, { part: 'release', key: JSON.stringify(path) }),
  });
