// How templates print a text: as it is, trimmed, between single quotes, in HTML, in JSON, in a URL, in base64. Used both ways: a value of a Secret stands so
// elsewhere, and what a Secret was rendered from stands so in it.
import { binaryOf, bytesOf } from './codec.ts';

/** Shorter ones are a few characters that stand everywhere. */
const MIN_BASE64 = 6;

/** A text as it may stand within another, itself first. */
export function printedForms(text: string): readonly string[] {
  const trimmed = text.trim();
  const inJson = JSON.stringify(trimmed).slice(1, -1);
  const inUrl = encodeURIComponent(trimmed.toWellFormed());
  // Go's JSON escapes what HTML minds; its urlquery writes a space as `+`, and escapes what JavaScript leaves.
  const inGoJson = inJson.replace(/[<>&]/g, (it) => `\\u00${hex(it)}`);
  const inGoUrl = inUrl.replaceAll('%20', '+').replace(/[!'()*]/g, (it) => `%${hex(it).toUpperCase()}`);
  const inYaml = trimmed.replaceAll("'", "''");
  // As Go has it (html/template's escaper and the function `html` of its templates).
  const inHtml = trimmed.replace(/[&<>"']/g, (it) => HTML[it] ?? it);
  return [...new Set([trimmed, inYaml, inHtml, inJson, inGoJson, inUrl, inGoUrl])];
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** At each of the three alignments, only the characters that carry bits of the text alone. */
export function base64Forms(text: string): readonly string[] {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length < MIN_BASE64) return [];
  const binary = binaryOf(bytes);
  return [0, 1, 2].map((shift) =>
    btoa('\0'.repeat(shift) + binary).slice(
      Math.ceil((shift * 8) / 6),
      Math.floor(((shift + bytes.length) * 8) / 6),
    ),
  );
}

/** What base64 of UTF-8 says; undefined: it is none. */
export function textInBase64(text: string): string | undefined {
  const bytes = bytesOf(text);
  try {
    return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What a text says: itself, and what it is base64 of, which may be base64 again. */
export function readings(text: string): readonly string[] {
  const once = decodedIn(text);
  const twice = once === undefined ? undefined : decodedIn(once);
  return [text, once, twice].filter((it) => it !== undefined);
}

const decodedIn = (text: string): string | undefined =>
  /^\s*[A-Za-z0-9+/]{6,}={0,2}\s*$/.test(text) ? textInBase64(text.trim()) : undefined;

/** As Go prints a number of YAML or JSON in a template; undefined: as JavaScript does. */
export function numberInGo(text: string): string | undefined {
  if (!/^-?[1-9]\d{6,}$/.test(text)) return undefined;
  return Number(text)
    .toExponential()
    .replace(/e\+(\d)$/, 'e+0$1');
}

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, '0');
