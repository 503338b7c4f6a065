// The JSON body of a call to the port for sidecars, bounded in bytes and time.
import type { ServerHttp2Stream } from 'node:http2';

const BODY_WITHIN_MS = 5_000;

/** `undefined` for a body that is no JSON, or too long or too slow: then the stream is gone as well. */
export async function readBody(
  stream: ServerHttp2Stream,
  maxBytes: number,
): Promise<{ json: unknown } | undefined> {
  const slow = setTimeout(() => stream.destroy(), BODY_WITHIN_MS);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > maxBytes) return undefined;
      pieces.push(piece);
    }
    return { json: JSON.parse(Buffer.concat(pieces).toString('utf8')) };
  } catch {
    return undefined;
  } finally {
    clearTimeout(slow);
  }
}
