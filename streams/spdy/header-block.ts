// The names and values that open and answer a stream of SPDY/3 (draft 3.1, section 2.6.10), unpacked. Strict where moby's
// reader lets the last of two names win or cuts a value at its zero byte, so that no two can read one block differently.

/** Names are lower-case, names and values printable ASCII. */
export type Headers = ReadonlyMap<string, string>;

/** Kubernetes sends three at most. */
const MAX_HEADERS = 32;

const NAME = /^[!-@[-~]+$/;
const VALUE = /^[ -~]*$/;

/** Undefined: cut short or too long, too many, one twice, or other characters than the two may have. */
export function readHeaders(block: Uint8Array): Headers | undefined {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const headers = new Map<string, string>();
  let at = 0;
  const number = (): number | undefined => {
    if (block.length - at < 4) return undefined;
    at += 4;
    return view.getUint32(at - 4);
  };
  const text = (): string | undefined => {
    const length = number();
    if (length === undefined || length > block.length - at) return undefined;
    at += length;
    return latin1.decode(block.subarray(at - length, at));
  };

  const count = number();
  if (count === undefined || count > MAX_HEADERS) return undefined;
  for (let i = 0; i < count; i += 1) {
    const name = text();
    const value = text();
    if (name === undefined || value === undefined) return undefined;
    if (!NAME.test(name) || !VALUE.test(value) || headers.has(name)) return undefined;
    headers.set(name, value);
  }
  return at === block.length ? headers : undefined;
}

/** What `readHeaders` reads. */
export function printHeaders(headers: Headers): Uint8Array {
  const texts = [...headers].flat().map((text) => new TextEncoder().encode(text));
  const block = new Uint8Array(texts.reduce((length, text) => length + 4 + text.length, 4));
  const view = new DataView(block.buffer);
  view.setUint32(0, headers.size);
  let at = 4;
  for (const text of texts) {
    view.setUint32(at, text.length);
    block.set(text, at + 4);
    at += 4 + text.length;
  }
  return block;
}

const latin1 = new TextDecoder('latin1');
