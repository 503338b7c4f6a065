// How an answer that is already under way ends when its permit does: a watch with the ERROR event that clients know, a
// log quietly, anything else broken off so that a part is never taken for the whole.
import type { IncomingMessage } from 'node:http';
import type { ApiRequest } from '../policy/api-request.ts';
import type { Refusal } from '../policy/refusal.ts';
import { toStatus } from '../policy/status.ts';
import { breakOff } from './answer.ts';
import type { AgentResponse } from './listener.ts';

/** What kind of stream a request opens, if any. */
export type StreamKind = 'watch' | 'log' | undefined;

/** A watch, or a log that is followed (booleans as in apimachinery pkg/runtime/conversion.go: all but 0 and false). */
export function streamKindOf(request: ApiRequest): StreamKind {
  if (request.kind !== 'resource') return undefined;
  if (request.verb === 'watch') return 'watch';
  const follow = request.query.find(([name]) => name === 'follow')?.[1];
  const isLog = request.resource === 'pods' && request.subresource === 'log';
  return isLog && follow !== undefined && !/^(0|false)$/i.test(follow) ? 'log' : undefined;
}

export interface Ending {
  /** Keeps an eye on where the events of an answer end that passes through as it is; a masked one goes event by event. */
  follow(answer: IncomingMessage): void;
  /** Ends a response whose head is out. */
  end(res: AgentResponse, refusal: Refusal): void;
}

const NEWLINE = 0x0a;

export function createEnding(kind: StreamKind): Ending {
  let json = true;
  let lastByte = NEWLINE;
  return {
    follow(answer) {
      const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = answer.headers;
      json = /^application\/json\b/i.test(type) && encoding === 'identity';
      answer.on('data', (chunk: Buffer) => {
        lastByte = chunk.at(-1) ?? lastByte;
      });
    },
    end(res, refusal) {
      if (kind === 'log') res.end();
      else if (kind === 'watch' && json && lastByte === NEWLINE) res.end(errorEvent(refusal));
      else breakOff(res);
    },
  };
}

/** The event with which the API server itself ends a watch (apiserver pkg/endpoints/handlers/watch.go). */
function errorEvent(refusal: Refusal): string {
  return `${JSON.stringify({ type: 'ERROR', object: toStatus(refusal) })}\n`;
}
