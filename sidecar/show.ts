// What the agent gets to see of an answer: where no wall stands it streams through untouched; behind one it is read on the
// way and, where it cannot be read, not shown at all. No redirect leads away (CVE-2020-8559, CVE-2022-3172).
import type { IncomingMessage } from 'node:http';
import { createMasker } from '../masking/masker.ts';
import type { Wall } from '../masking/wall.ts';
import type { ApiRequest } from '../policy/api-request.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { forgetHead, warningHeader } from './answer.ts';
import type { Ending, StreamKind } from './ending.ts';
import { headersToAgent } from './forward-headers.ts';
import type { AgentResponse } from './listener.ts';
import { movedDocument } from './moved-document.ts';
import { readThrough } from './read-through.ts';
import type { Room } from './room.ts';
import { hidden, isText, unreadable } from './unreadable.ts';

export interface Showing {
  /** What the body is read through; undefined where it is shown as it is. */
  readonly wall: Wall | undefined;
  /** Where what is read of it, and printed again, is held. */
  readonly answers: Room;
  readonly stream: StreamKind;
  readonly ending: Ending;
  readonly request: ApiRequest;
  /** Said to the agent beside what the API server warns of. */
  readonly warning: string | undefined;
  /** Told how many values were hidden, as they are. */
  readonly onHidden: (values: number) => void;
}

/** It was passed on. */
export interface Shown {
  readonly kind: 'shown';
}

/** Also where the agent went away: there is nobody left to show more to. */
export const SHOWN: Shown = { kind: 'shown' };

/** Passes an answer on to the agent, to its end or until either side goes away; a Refusal says why it may not be. */
export async function show(
  answer: IncomingMessage,
  res: AgentResponse,
  showing: Showing,
): Promise<Shown | Refusal> {
  const status = answer.statusCode ?? 0;
  forgetHead(res);
  const moved = movedDocument(showing.request, status, answer.headers.location);
  if (moved !== undefined) res.setHeader('location', moved);
  else if (status < 200 || (status >= 300 && status < 400 && status !== 304)) {
    return refuse('UnexpectedRedirect', { request: showing.request, status });
  }
  const bodiless = showing.request.method === 'HEAD' || status === 204 || status === 304;
  // Only a watch that was accepted is one: an error is an ordinary body.
  const streams = showing.stream !== undefined && status === 200;
  if (showing.wall === undefined || bodiless) {
    if (streams) showing.ending.follow(answer);
    return passThrough(answer, res, streams, showing);
  }
  return passRead(answer, res, showing.wall, streams, showing);
}

/** Nothing stands there yet (`show`). */
function writeHead(
  answer: IncomingMessage,
  res: AgentResponse,
  { wall, warning }: Pick<Showing, 'wall' | 'warning'>,
): void {
  res.statusCode = answer.statusCode ?? 502;
  for (const [name, values] of headersToAgent(answer.rawHeaders, wall?.warning))
    res.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  if (warning !== undefined) res.appendHeader('warning', warningHeader(warning));
}

/** A client waits for the head of a stream before its first byte comes. Both kinds of response have it; only one's type does. */
function flushHead(res: AgentResponse): void {
  (res as { flushHeaders(): void }).flushHeaders();
}

function passThrough(
  answer: IncomingMessage,
  res: AgentResponse,
  streams: boolean,
  showing: Showing,
): Promise<Shown> {
  writeHead(answer, res, showing);
  // Behind a wall it is that of what would have been left out too.
  const length = showing.wall === undefined ? answer.headers['content-length'] : undefined;
  if (length !== undefined) res.setHeader('content-length', length);
  if (streams) flushHead(res);
  answer.pipe(res as NodeJS.WritableStream);
  if (res.closed || res.destroyed) return Promise.resolve(SHOWN);
  return new Promise((resolve) => {
    const done = (): void => resolve(SHOWN);
    res.once('finish', done).once('close', done);
  });
}

async function passRead(
  answer: IncomingMessage,
  res: AgentResponse,
  wall: Wall,
  streams: boolean,
  showing: Showing,
): Promise<Shown | Refusal> {
  const text = wall.text !== undefined && isText(answer, showing.request) ? wall.text : undefined;
  const why = unreadable(answer, text === undefined ? 'application/json' : 'text/plain');
  if (why !== undefined) return hidden(answer, showing.request, why);
  if (streams) {
    writeHead(answer, res, showing);
    flushHead(res);
  }
  const watch = streams && showing.stream === 'watch';
  const refusal = await readThrough(answer, res, {
    ...showing,
    masker: text ?? ((hold) => createMasker({ watch, hold, ...wall })),
    onFirst: () => {
      if (!res.headersSent) writeHead(answer, res, showing);
    },
  });
  if (refusal !== undefined) return refusal;
  res.end();
  return SHOWN;
}
