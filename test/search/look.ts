// Looks for seeds in bytes: as they are, with separators taken out, and in every layer below.
import { type Form, formsOf } from './forms.ts';
import { layersBelow, unseparated } from './layers.ts';
import { type Find, finder } from './needles.ts';
import type { Seed } from './seeds.ts';

/** What was found, said without the value. */
export interface Found {
  readonly purpose: string;
  /** From the inside out: `base64 in gzip`. */
  readonly form: string;
  /** The byte at which it begins; undefined below the surface. */
  readonly at: number | undefined;
}

export type Look = (bytes: Buffer, except?: readonly string[]) => Found[];

interface Needle extends Form {
  readonly seed: Seed;
}

/** base64 twice of gzip in base64 in gzip, and one to spare. */
const MAX_DEPTH = 6;

/** `except` holds values that may stand there: they were revealed to who got the bytes. One finding for each seed. */
export function lookFor(seeds: readonly Seed[]): Look {
  const find = finder(
    seeds.flatMap((seed) => formsOf(seed.value).map((form): Needle => ({ ...form, seed }))),
  );
  return (bytes, except = []) => {
    const found = new Map<string, Found>();
    search(find, bytes, [], (seed, one) => {
      if (!except.includes(seed.value) && !found.has(seed.value)) found.set(seed.value, one);
    });
    return [...found.values()];
  };
}

function search(
  find: Find<Needle>,
  bytes: Buffer,
  within: readonly string[],
  tell: (seed: Seed, found: Found) => void,
): void {
  const said = (names: readonly string[], at?: number) => ({
    form: [...names, ...within].join(' in '),
    at: within.length === 0 ? at : undefined,
  });
  for (const { needle, at } of find(bytes)) {
    tell(needle.seed, { purpose: needle.seed.purpose, ...said([needle.name], at) });
  }
  for (const { needle } of find(unseparated(bytes))) {
    tell(needle.seed, { purpose: needle.seed.purpose, ...said([`${needle.name} in pieces`]) });
  }
  if (within.length === MAX_DEPTH) return;
  for (const layer of layersBelow(bytes)) search(find, layer.bytes, [layer.name, ...within], tell);
}
