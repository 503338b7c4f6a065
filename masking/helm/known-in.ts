// Which texts of a release its Secrets say: their values, and what these were rendered from.
import { isObject } from '../shape.ts';
import { bytesOf, type Payload } from './codec.ts';
import type { Document } from './documents.ts';
import { ANY_TEXT, type KnownValues, knownValues, sourcesOf } from './known-values.ts';
import { keysOf, textsOf } from './leaves.ts';
import type { Manifest } from './manifest.ts';

/** Reads a manifest, each but once: who looks for values and who hides them both do. */
export type Read = (manifest: string) => Manifest;

/** Of all manifests of a release: what is read of one takes some hundreds of bytes, beside which the text is little. */
const MAX_STEPS = 100_000;

export function onceEach(read: (manifest: string, isShort: boolean) => Manifest): Read {
  const known = new Map<string, Manifest>();
  let leftSteps = MAX_STEPS;
  return (text) => {
    let manifest = known.get(text);
    if (manifest !== undefined) return manifest;
    leftSteps -= stepsIn(text);
    manifest = read(text, leftSteps >= 0);
    known.set(text, manifest);
    return manifest;
  };
}

/** At most so many things stand in a manifest: one a line, and one behind each dash. */
function stepsIn(text: string): number {
  let steps = 1;
  for (const what of ['\n', '- '])
    for (let at = text.indexOf(what); at !== -1; at = text.indexOf(what, at + 1)) steps += 1;
  return steps;
}

/** Of all manifests of a release, those that are read. */
export const stepsOf = (payload: Payload): number =>
  Math.min(
    MAX_STEPS,
    manifestTexts(payload).reduce((steps, text) => steps + stepsIn(text), 0),
  );

/** What of a release tells a value of its Secrets. */
export interface Known extends KnownValues {
  /** It holds one with a value. */
  readonly holdsSecret: boolean;
  /** Whether the name of a key of its values may be one, or a part of one. */
  isKey(key: string): boolean;
}

function manifestTexts({ manifest, hooks }: Payload): readonly string[] {
  const texts = [manifest, ...(Array.isArray(hooks) ? hooks : []).map((it) => isObject(it) && it.manifest)];
  return texts.filter((it) => typeof it === 'string');
}

const manifestsOf = (payload: Payload, read: Read): readonly Manifest[] => manifestTexts(payload).map(read);

export const documentsOf = (payload: Payload, read: Read): readonly Document[] =>
  manifestsOf(payload, read).flatMap(({ documents }) => documents);

export function knownIn(payload: Payload, read: Read): Known {
  const { config, chart } = payload;
  const values = manifestsOf(payload, read).map((it) => it.values);
  const own = values.flatMap((it) => it ?? []);
  if (own.length === 0 && values.every((it) => it !== undefined))
    return { ...knownValues([]), holdsSecret: false, isKey: () => false };
  const given = [config, isObject(chart) ? chart.values : undefined];
  const names = namesIn(chart);
  const any = { ...ANY_TEXT, holdsSecret: true, isKey: (key: string) => !names.has(key) };
  if (values.some((it) => it === undefined)) return any;
  // What a Secret was rendered from may stand in more places than what was made of it.
  const sources = sourcesOf(own, textsOf(given));
  const keys = sourcesOf(own, keysOf(given));
  if (sources === undefined || keys === undefined) return any;
  const known = knownValues([...own, ...sources.map((text) => ({ text, isBase64: false }))]);
  const parts = new Set(keys);
  return { ...known, holdsSecret: true, isKey: (key) => parts.has(key) && !names.has(key) };
}

/** By which the templates of a chart name its values: such a key is no secret. */
function namesIn(chart: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const templates = isObject(chart) && Array.isArray(chart.templates) ? chart.templates : [];
  for (const it of templates) {
    const bytes = isObject(it) && typeof it.data === 'string' ? bytesOf(it.data) : undefined;
    for (const [, name = ''] of new TextDecoder().decode(bytes).matchAll(/\.(\w+)/g)) names.add(name);
  }
  return names;
}
