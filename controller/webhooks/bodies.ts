// How much of what callers send is held at once: a part of it for each address, so that who floods the port with large bodies
// takes neither the controller's memory nor the API server's part. What has arrived counts, until the call is answered;
// what is only announced holds nothing.
import { Transform } from 'node:stream';
import type { FastifyRequest, onSendHookHandler, preParsingHookHandler } from 'fastify';
import { slots } from '../slots.ts';

/** An update holds an object twice; etcd keeps none above 1.5 MiB, and what is larger is denied by not being answered. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Of one address: the longest body and what its pieces cost, or some hundred ordinary pods at once. */
const SHARE_BYTES = MAX_BODY_BYTES + 1024 * 1024;
/** As text; what is made of it in memory is several times as large. */
const BODY_BYTES = { all: 8 * SHARE_BYTES, each: SHARE_BYTES };
/** What a piece costs in memory beside its bytes: a body that comes byte by byte is dearer than it looks. */
const PIECE_BYTES = 256;
/** The API server writes a body at once. */
const SILENT_MS = 1_000;
const RETRY_AFTER_SECONDS = 1;

/** Hooks for the routes that take a body. */
export interface BodyHooks {
  readonly preParsing: preParsingHookHandler;
  readonly onSend: onSendHookHandler;
}

export function boundBodies(): BodyHooks {
  const bytes = slots(BODY_BYTES);
  const held = new WeakMap<FastifyRequest, () => void>();

  return {
    preParsing(request, reply, payload, next) {
      const address = request.socket.remoteAddress ?? '';
      let cost = 0;
      let giveBack: (() => void) | undefined;
      const counted = new Transform({
        transform(piece: Buffer, _, done) {
          silence.refresh();
          cost += piece.length + PIECE_BYTES;
          giveBack?.();
          giveBack = bytes.take(address, cost);
          if (giveBack !== undefined) return done(null, piece);
          // The API server tries again after that.
          reply.header('retry-after', RETRY_AFTER_SECONDS);
          return done(new Cut(429));
        },
        flush(done) {
          clearTimeout(silence);
          done();
        },
      });
      const silence = setTimeout(() => counted.destroy(new Cut(408)), SILENT_MS);
      // Who reads it hears of that; where nobody does, nothing is lost.
      counted.on('error', () => clearTimeout(silence));
      request.raw.once('close', () => {
        if (!request.raw.complete) counted.destroy(new Cut(408));
      });
      held.set(request, () => {
        clearTimeout(silence);
        giveBack?.();
      });
      next(null, payload.pipe(counted));
    },
    onSend(request, reply, payload, next) {
      held.get(request)?.();
      // What is left of a body must not keep the connection.
      if (!request.raw.complete) reply.header('connection', 'close');
      next(null, payload);
    },
  };
}

class Cut extends Error {
  readonly statusCode: 408 | 429;
  constructor(statusCode: 408 | 429) {
    super(statusCode === 429 ? 'its address holds too much already' : 'its body has stopped');
    this.statusCode = statusCode;
  }
}
