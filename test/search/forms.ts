// How a value looks when someone has printed, encoded or dumped it. A seed is letters and digits alone, so that JSON, YAML, a
// shell and a URL print it as it is; what is listed here is everything else that a program does with bytes.

export interface Form {
  readonly name: string;
  readonly bytes: Buffer;
  /** The fewest consecutive bytes of it that are a leak. */
  readonly least: number;
}

/** Fifteen of them in a row are no chance, and one half of a seed that was split has more. */
const LEAST_OF_A_VALUE = 15;

/** Each byte by itself, and what stands between two. */
const BYTE_BY_BYTE: readonly (readonly [name: string, print: (byte: number) => string, between: string])[] = [
  ['hexadecimal', hex, ''],
  ['hexadecimal in capitals', (byte) => hex(byte).toUpperCase(), ''],
  ['percent escapes', (byte) => `%${hex(byte).toUpperCase()}`, ''],
  ['percent escapes in small letters', (byte) => `%${hex(byte)}`, ''],
  ['\\u escapes', (byte) => `\\u00${hex(byte)}`, ''],
  ['\\x escapes', (byte) => `\\x${hex(byte)}`, ''],
  ["Go's %v of bytes", String, ' '],
  ["Go's %#v of bytes", (byte) => `0x${byte.toString(16)}`, ', '],
  ['numbers in JSON', String, ','],
];

/** Every form of `value` that is searched for. */
export function formsOf(value: string): Form[] {
  const bytes = Buffer.from(value);
  const form = (name: string, text: string | Buffer): Form => {
    const found = Buffer.from(text);
    const least = Math.ceil((found.length * LEAST_OF_A_VALUE) / bytes.length);
    return { name, bytes: found, least };
  };
  const once = aligned(bytes);
  return [
    form('plain', bytes),
    ...once.map((text) => form('base64', text)),
    ...once.flatMap((text) => aligned(Buffer.from(text)).map((twice) => form('base64 twice', twice))),
    ...BYTE_BY_BYTE.map(([name, print, between]) => form(name, Array.from(bytes, print).join(between))),
  ];
}

/** base64 of the bytes behind 0, 1 and 2 others: the characters that nothing but the bytes decides. RFC 4648, both alphabets. */
function aligned(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const own = text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    return [...new Set([own, own.replaceAll('+', '-').replaceAll('/', '_')])];
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
