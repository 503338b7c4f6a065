// Fields of an object that the API server compares: maps of one name space, of which one tells of the names in another, and a
// selector, which tells of the labels of the template beside it. So where one hides something, the other is sealed too, also where
// it is not there.
import { isObject } from '../shape.ts';
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
  const spec = fields.get('spec');
  const isLabelled = spec?.kind === 'fields' && hides(spec.fields.get('template'), ['metadata', 'labels']);
  return mapsSealed(object, shown, isLabelled ? selectorSealed(object, shown, fields, spec) : fields);
}

/** Of a workload: it must select its template (kubernetes pkg/apis/apps/validation), and of most never changes. */
function selectorSealed(
  object: Fields,
  shown: Fields,
  fields: ReadonlyMap<string, Hidden>,
  spec: Extract<Hidden, { kind: 'fields' }>,
): ReadonlyMap<string, Hidden> {
  const count = piecesOf(spec.fields.get('selector'));
  const of = (whole: Fields): unknown => (isObject(whole.spec) ? whole.spec.selector : undefined);
  const selector: Hidden = { kind: 'sealed', value: of(object), shown: of(shown), count };
  return new Map([
    ...fields,
    ['spec', { kind: 'fields', fields: new Map([...spec.fields, ['selector', selector]]) }],
  ]);
}

/** Whether anything is hidden below those fields, or with them. */
function hides(hidden: Hidden | undefined, [field, ...rest]: readonly string[]): boolean {
  if (hidden?.kind !== 'fields' || field === undefined) return hidden !== undefined;
  return hides(hidden.fields.get(field), rest);
}

function mapsSealed(
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
