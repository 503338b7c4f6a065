// The wall in front of all that is read as JSON: in each text of it, what a pattern finds is hidden. In an object, a sentinel
// stands there, bound to the object, the place and the piece; elsewhere, words that say which pattern it was.
import { releaseIn } from '../helm/release.ts';
import { type Hash, holdsSentinel, type Version, versionOf } from '../sentinel.ts';
import { isObject, type Masked, masked, type Show, unreadable } from '../shape.ts';
import { isListIn, type ListField, type Wall } from '../wall.ts';
import type { Patterns } from './compile.ts';
import { hiddenIn } from './lines.ts';
import { showText } from './shown-text.ts';
import type { Span } from './span.ts';
import { eachText, type Found, isTooDeep } from './texts.ts';
import { hideInWords } from './words.ts';

export interface HidingTexts {
  readonly hash: Hash;
  readonly patterns: Patterns;
  /** It stands behind the wall of Secrets: a text in which that one hid something, or which it decoded, is left as it is. */
  readonly behindSecrets: boolean;
}

export function textsHidden(how: HidingTexts): Wall {
  const object = objectShown(how);
  const beside: Whole = (value) =>
    hide(value, ({ text, context }) => hideInWords(how.patterns, text, context));
  const row = within('object', object, beside);
  const of: Readonly<Record<ListField, Whole>> = {
    items: within('items', each(object), beside),
    rows: within('rows', each(row), beside),
  };
  const whole: Whole = (value) => {
    if (!isObject(value) || isStatus(value)) return beside(value);
    const field = (['items', 'rows'] as const).find((it) => Array.isArray(value[it]) && isListIn(value, it));
    return field === undefined ? object(value) : of[field](value);
  };
  const event = bounded(within('object', whole, beside));
  return { body: bounded(whole), event, warning: (header) => hiddenIn(how.patterns, header).length === 0 };
}

/** Shows anything. */
type Whole = (value: unknown) => Masked;

const bounded =
  (show: Whole): Show =>
  (value) =>
    isTooDeep(value) ? unreadable('is nested too deeply') : show(value);

/** What the API server says; a custom kind may have the name. */
const isStatus = ({ kind, apiVersion }: Readonly<Record<string, unknown>>) =>
  kind === 'Status' && (apiVersion === 'v1' || apiVersion === undefined);

const each =
  (item: Whole): Whole =>
  (list) => {
    if (!Array.isArray(list)) return masked(list, 0);
    let count = 0;
    const shown = list.map((one) => {
      const { value, count: more } = item(one);
      count += more;
      return value;
    });
    return masked(shown, count);
  };

/** One field in one way, all others in another. */
const within =
  (field: string, inside: Whole, outside: Whole): Whole =>
  (value) => {
    if (!isObject(value) || !(field in value)) return outside(value);
    const { [field]: inner, ...rest } = value;
    const [around, shown] = [outside(rest), inside(inner)];
    return masked({ ...(around.value as object), [field]: shown.value }, around.count + shown.count);
  };

/** Of an object that says no version: its sentinels are of no object, and never put back. */
const NOWHERE: Version = { uid: '', resourceVersion: '0' };

function objectShown({ hash, patterns, behindSecrets }: HidingTexts): Whole {
  return (value) => {
    const version = (isObject(value) && versionOf(value.metadata)) || NOWHERE;
    const how = { hash, patterns, version, isLeft: isLeftIn(value, behindSecrets) };
    return hide(value, (found) => showText(found, how));
  };
}

/** Which texts of an object are left as they are: of a Secret, what the wall before this one has hidden or decoded. */
export function isLeftIn(object: unknown, behindSecrets: boolean): (text: string) => boolean {
  const release = behindSecrets ? releaseIn(object) : undefined;
  return (text) => behindSecrets && (holdsSentinel(text) || text === release);
}
function hide(value: unknown, show: (found: Found) => { text: string; spans: readonly Span[] }): Masked {
  let count = 0;
  const shown = eachText(value, (found) => {
    const { text, spans } = show(found);
    count += spans.length;
    return text;
  });
  return masked(shown, count);
}
