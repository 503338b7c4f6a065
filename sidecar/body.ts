// The body of a write, read whole and bounded before anything is forwarded: what goes on is printed from what was read.
import type { Readable } from 'node:stream';
import type { Asked } from '../policy/describe.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { AgentRequest } from './listener.ts';

/** The API server takes 3 MiB and answers 413 itself above that; past this bound the answer is ours. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** All bodies held at one moment: the sidecar lives in a small container. */
export const MAX_HELD_BYTES = 16 * 1024 * 1024;
/** A body that trickles in slower than this is given up (HTTP/2 knows no requestTimeout). */
const BODY_TIMEOUT_MS = 60_000;

export interface Body {
  readonly kind: 'body';
  readonly bytes: Buffer;
}

export interface BodyReader {
  /** Reads a request's body to its end. Whoever gets a Body releases it when the call has ended. */
  read(req: AgentRequest, request: Asked): Promise<Body | Refusal>;
  release(body: Body): void;
}

export function createBodyReader(timeoutMs: number = BODY_TIMEOUT_MS): BodyReader {
  let held = 0;

  const collect = async (req: AgentRequest, request: Asked): Promise<Body | Refusal> => {
    const chunks: Buffer[] = [];
    let size = 0;
    const giveUp = (refusal: Refusal): Refusal => {
      held -= size;
      return refusal;
    };
    try {
      // Left early, the request must stay: it carries the refusal back.
      const whole = (req as Readable).iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      for await (const chunk of whole) {
        size += chunk.length;
        held += chunk.length;
        chunks.push(chunk);
        if (size > MAX_BODY_BYTES) return giveUp(refuse('TooLarge', { request, limitBytes: MAX_BODY_BYTES }));
        if (held > MAX_HELD_BYTES) return giveUp(refuse('Busy', { request }));
      }
    } catch {
      return giveUp(refuse('MalformedRequest', { request, why: 'its body ended before it was complete' }));
    }
    return { kind: 'body', bytes: Buffer.concat(chunks, size) };
  };

  return {
    async read(req, request) {
      const timer = setTimeout(() => req.destroy(), timeoutMs);
      try {
        const read = await collect(req, request);
        // The rest is drained, within the request's timeout: a client that is still sending is to read its answer.
        if (read.kind === 'refusal') req.resume();
        return read;
      } finally {
        clearTimeout(timer);
      }
    },
    release: (body) => {
      held -= body.bytes.length;
    },
  };
}
