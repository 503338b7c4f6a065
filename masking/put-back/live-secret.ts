// A Secret as it stands: which values are hidden in it, where, and what else a write is held against.
import { readAnnotation } from '../annotations.ts';
import { secretShape } from '../secret-shape.ts';
import { type Place, versionOf } from '../sentinel.ts';
import { isObject, masked } from '../shape.ts';

/** A value that is shown as a sentinel, as it stands at its place. */
interface HiddenValue {
  readonly place: Place;
  readonly value: unknown;
}

export interface LiveSecret {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly type: unknown;
  readonly immutable: boolean;
  /** By `placeId`. */
  readonly hidden: ReadonlyMap<string, HiddenValue>;
  readonly annotations: ReadonlyMap<string, LiveAnnotation>;
  readonly managedFields: readonly unknown[];
}

export interface LiveAnnotation {
  readonly text: string;
  /** What it holds, where it is a copy of the object. */
  readonly object: unknown;
  /** What is hidden in it, or it itself. */
  readonly places: readonly Place[];
}

export const placeId = ({ part, key }: Place): string => `${part} ${key}`;

/** Undefined: it could not be shown, or has no version, so that nothing in it was ever hidden by a sentinel. */
export function readLiveSecret(live: unknown): LiveSecret | undefined {
  const hidden = hiddenIn(live);
  if (hidden === undefined || !isObject(live) || !isObject(live.metadata)) return undefined;
  const version = versionOf(live.metadata);
  if (version === undefined || version.resourceVersion === '0') return undefined;
  const { annotations, managedFields } = live.metadata;
  return {
    ...version,
    type: live.type,
    immutable: live.immutable === true,
    hidden,
    annotations: annotationsOf(annotations, hidden),
    managedFields: Array.isArray(managedFields) ? managedFields : [],
  };
}

/** Every value that a reader of this Secret sees a sentinel for. Undefined: it could not be shown. */
export function hiddenIn(secret: unknown): ReadonlyMap<string, HiddenValue> | undefined {
  const hidden = new Map<string, HiddenValue>();
  const outcome = secretShape((place, value) => {
    hidden.set(placeId(place), { place, value });
    return masked('', 1);
  })(secret);
  return outcome.kind === 'masked' ? hidden : undefined;
}

function annotationsOf(
  annotations: unknown,
  hidden: ReadonlyMap<string, HiddenValue>,
): ReadonlyMap<string, LiveAnnotation> {
  const places = Map.groupBy(
    [...hidden.values()].map(({ place }) => place).filter(({ part }) => part !== 'data'),
    ({ part, key }): unknown => (part === 'copy' ? JSON.parse(key)[0] : key),
  );
  const texts = Object.entries(isObject(annotations) ? annotations : {});
  return new Map(
    texts.map(([name, value]) => {
      const text = String(value);
      const read = readAnnotation(name, text);
      const object = read.kind === 'copy' ? read.object : undefined;
      return [name, { text, object, places: places.get(name) ?? [] }];
    }),
  );
}
