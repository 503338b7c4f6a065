// Maps of an object that share one name space: what stands in one of them tells of the names in another. So where one is sealed
// for a hidden name, the others are too, those that are not there as well.
import type { Hidden } from './hidden.ts';

type Fields = Readonly<Record<string, unknown>>;

/** By kind: the API server puts the second of a Secret over its first, and takes no key that is in both of a ConfigMap. */
const MAPS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['Secret', ['data', 'stringData']],
  ['ConfigMap', ['data', 'binaryData']],
]);

/** What is hidden of the fields of an object, which is shown as `shown`. */
export function sealedTogether(
  object: Fields,
  shown: Fields,
  fields: ReadonlyMap<string, Hidden>,
): ReadonlyMap<string, Hidden> {
  const maps = object.apiVersion === 'v1' ? (MAPS.get(object.kind) ?? []) : [];
  if (maps.every((map) => fields.get(map)?.kind !== 'sealed')) return fields;
  const sealed = maps.map((map): [string, Hidden] => {
    const count = piecesOf(fields.get(map));
    return [map, { kind: 'sealed', value: object[map], shown: shown[map], count }];
  });
  return new Map([...fields, ...sealed]);
}

/** How many are hidden there. */
function piecesOf(hidden: Hidden | undefined): number {
  switch (hidden?.kind) {
    case undefined:
      return 0;
    case 'text':
      return hidden.spans.length;
    case 'sealed':
      return hidden.count;
    case 'fields':
      return sumOf(hidden.fields);
    case 'named':
      return sumOf(hidden.items);
  }
}

const sumOf = (all: ReadonlyMap<unknown, Hidden>): number =>
  [...all.values()].reduce((sum, it) => sum + piecesOf(it), 0);
