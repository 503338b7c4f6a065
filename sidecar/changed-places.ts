// What the answer to a write of a Secret says of its hidden values: which may not be as they were.
import { readJsonBytes } from '../masking/json.ts';
import { hiddenIn, placeId } from '../masking/put-back/live-secret.ts';
import type { PutBack } from '../masking/put-back/put-back.ts';
import { unchangedPlaces } from '../masking/put-back/unchanged.ts';
import { type Place, versionOf } from '../masking/sentinel.ts';
import { isObject } from '../masking/shape.ts';
import { gzip } from './gzip.ts';
import type { LiveBytes } from './live-object.ts';

export interface Changes {
  /** The resourceVersion that came of it. */
  readonly to: string;
  readonly changed: readonly Place[];
}

/** Of a Secret with more values none is followed: to compare two of them would take more memory than a sidecar has. */
const MAX_VALUES = 4096;

/** `written`: what the agent gave another value. Undefined: the answer is not the object, or cannot be read as one. */
export function changesOf(
  live: LiveBytes,
  answer: unknown,
  written: PutBack['changed'],
): Changes | undefined {
  const version = isObject(answer) ? versionOf(answer.metadata) : undefined;
  if (version?.uid !== live.version.uid) return undefined;
  const stood = readJsonBytes(live.bytes);
  const object = stood.kind === 'json' ? stood.value : undefined;
  if (isLarge(object) || isLarge(answer)) return undefined;
  const [before, after] = [hiddenIn(object), hiddenIn(answer)];
  if (before === undefined || after === undefined) return undefined;
  const unchanged = new Set(unchangedPlaces(object, answer, written, gzip).map(placeId));
  const places = new Map([...before, ...after].map(([id, { place }]) => [id, place]));
  const changed = [...places].flatMap(([id, place]) => (unchanged.has(id) ? [] : [place]));
  return { to: version.resourceVersion, changed };
}

function isLarge(object: unknown): boolean {
  return isObject(object) && isObject(object.data) && Object.keys(object.data).length > MAX_VALUES;
}
