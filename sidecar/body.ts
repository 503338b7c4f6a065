// The body of a write, read whole and bounded before anything is forwarded: what goes on is printed from what was read.
import type { Readable } from 'node:stream';
import { createGrowingBytes, type Hold } from '../masking/growing-bytes.ts';
import type { Asked } from '../policy/describe.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { AgentRequest } from './listener.ts';

/** The API server takes 3 MiB and answers 413 itself above that; past this bound the answer is ours. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Of all bodies held at one moment: as they come, and then as they are printed to go on. */
export const MAX_BODIES_BYTES = 16 * 1024 * 1024;
/** A body that trickles in slower than this is given up (HTTP/2 knows no requestTimeout). */
const BODY_TIMEOUT_MS = 60_000;

export interface Body {
  readonly kind: 'body';
  readonly bytes: Buffer;
}

/** Reads a request's body to its end. `hold`: of the room for bodies; it is still held where the body was refused. */
export async function readBody(
  req: AgentRequest,
  request: Asked,
  hold: Hold,
  timeoutMs: number = BODY_TIMEOUT_MS,
): Promise<Body | Refusal> {
  const timer = setTimeout(() => req.destroy(), timeoutMs);
  try {
    const read = await collect(req, request, hold);
    // The rest is drained, within the request's timeout: a client that is still sending is to read its answer.
    if (read.kind === 'refusal') {
      hold(0);
      req.resume();
    }
    return read;
  } finally {
    clearTimeout(timer);
  }
}

async function collect(req: AgentRequest, request: Asked, hold: Hold): Promise<Body | Refusal> {
  const received = createGrowingBytes(MAX_BODY_BYTES, hold);
  try {
    // Left early, the request must stay: it carries the refusal back.
    const whole = (req as Readable).iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    for await (const chunk of whole) {
      const appended = received.append(chunk);
      if (appended === 'tooLarge') return refuse('TooLarge', { request, limitBytes: MAX_BODY_BYTES });
      if (appended === 'noRoom') return refuse('Busy', { request });
    }
  } catch {
    return refuse('MalformedRequest', { request, why: 'its body ended before it was complete' });
  }
  const { buffer, length } = received.take();
  // Until it has been read, what it came in is held.
  hold(buffer.byteLength);
  return { kind: 'body', bytes: Buffer.from(buffer, 0, length) };
}
