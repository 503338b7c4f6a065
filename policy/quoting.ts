// Text from elsewhere in a sentence of ours: bounded, escaped, and quoted unless it is a plain word, so that no name, header
// or cause can pose as chaperone's own words, move a terminal's cursor or hide a part of itself.

/** Kubernetes names end at 253; what is longer was never an object's. */
const MAX_SHOWN = 253;
/** What may stand without quotes: letters, digits and what joins them in names, paths and fields. */
const PLAIN = /^[A-Za-z0-9/](?:[\w.:/@[\]-]*[\w\]])?$/;
/**
 * Controls, formats (bidirectional overrides too), surrogates, what is unassigned, separators of lines, and what is drawn as
 * nothing or as a space: a model reads what a person does not see.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u2800\u3000]/gu;

export const clip = (text: string, max: number): string =>
  text.length > max ? `${text.slice(0, max - 1)}…` : text;

/** Every unprintable character as its escape. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

/** In double quotes, with its own escaped; what is shown is at most `max` long, escapes and all. */
export function quoted(text: string, max: number = MAX_SHOWN): string {
  let shown = '';
  for (const char of text.slice(0, max + 1)) {
    const next = /[\\"]/.test(char) ? `\\${char}` : printable(char);
    if (shown.length + next.length > max) return `"${shown}…"`;
    shown += next;
  }
  return `"${shown}"`;
}

/** As it is where it is a plain word, else quoted. */
export function word(text: string): string {
  return text.length <= MAX_SHOWN && PLAIN.test(text) ? text : quoted(text);
}

/** Words one after the other, the first few of many. */
export function listed(texts: readonly string[], most = 6): string {
  const left = texts.length - most;
  return `${texts.slice(0, most).map(word).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

/** Several of them. */
export function listedCommands(commands: readonly (readonly string[])[], most = 6): string {
  const left = commands.length - most;
  return `${commands.slice(0, most).map(argv).join('; ')}${left > 0 ? ` and ${left} more` : ''}`;
}

const MAX_WORD = 128;
const MAX_ARGV = 256;
const PLAIN_IN_SHELL = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** An argv as one would type it in a shell, its first words; a word in which something does not print is in $'…'. */
export function argv(words: readonly string[]): string {
  let shown = '';
  for (const [at, each] of words.entries()) {
    const next = `${at === 0 ? '' : ' '}${shellWord(clip(each, MAX_WORD))}`;
    if (at > 0 && shown.length + next.length > MAX_ARGV) return `${shown} …`;
    shown += next;
  }
  return shown;
}

function shellWord(text: string): string {
  if (PLAIN_IN_SHELL.test(text)) return text;
  if (printable(text) === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text.replace(/[\\']/g, '\\$&').replace(UNPRINTABLE, (found) => {
    const code = (found.codePointAt(0) ?? 0).toString(16);
    return `\\U${code.padStart(8, '0')}`;
  });
  return `$'${escaped}'`;
}
