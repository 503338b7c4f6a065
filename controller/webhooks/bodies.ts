// How much of what callers send is held at once: a part of it for each address, so that who floods the port with large bodies
// takes neither the controller's memory nor the API server's part. A body is counted from its head on until it is answered.
import type { onRequestHookHandler } from 'fastify';
import { slots } from '../slots.ts';

/** An update holds an object twice; etcd keeps none above 1.5 MiB, and what is larger is denied by not being answered. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Hundreds of ordinary pods at once, as text; what is made of them in memory is several times as large. */
export const BODY_BYTES = { all: 8 * MAX_BODY_BYTES, each: 4 * MAX_BODY_BYTES };
const RETRY_AFTER_SECONDS = 1;

/** A hook for the routes that take a body. The API server names the length of all of its own, and tries again after a 429. */
export function boundBodies(): onRequestHookHandler {
  const bytes = slots(BODY_BYTES);
  return (request, reply, next) => {
    const length = Number(request.headers['content-length'] ?? Number.NaN);
    const isKnown = !Number.isNaN(length);
    const giveBack = isKnown
      ? bytes.take(request.socket.remoteAddress ?? '', Math.min(length, MAX_BODY_BYTES))
      : undefined;
    if (giveBack === undefined) {
      // The body that is not read must not keep the connection.
      reply.header('connection', 'close').header('retry-after', RETRY_AFTER_SECONDS);
      reply.code(isKnown ? 429 : 411).send();
      return;
    }
    reply.raw.once('close', giveBack);
    next();
  };
}
