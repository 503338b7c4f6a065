// Where an HTTP/1 answer ends (RFC 9112, section 6.3): fed piece by piece, so that its connection can be used again.
import { CLOSED, type Status } from './answer.ts';

export interface AnswerReader {
  /** The answer as soon as it is whole; of what is no answer the status is CLOSED. */
  feed(piece: Buffer): Whole | undefined;
}

interface Whole {
  readonly status: Status;
  /** Nothing stands in the way of another request on this connection. */
  readonly goesOn: boolean;
}

/** `headOnly`: whole with its head, whatever that announces. `bodiless`: it answers a HEAD. */
export function readAnswer(headOnly: boolean, bodiless: boolean): AnswerReader {
  let text = '';
  let status: Status = CLOSED;
  let closes = false;
  let rest: ((bytes: string) => string | undefined) | undefined;

  const readHead = (): boolean => {
    for (;;) {
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) return false;
      const head = text.slice(0, end);
      text = text.slice(end + 4);
      status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? CLOSED);
      if (status < 100 || status >= 200 || status === 101) {
        closes = headOnly || status < 200 || /^connection: *close/im.test(head);
        rest =
          bodiless || headOnly || [CLOSED, 101, 204, 304].includes(status) ? (bytes) => bytes : bodyOf(head);
        return true;
      }
    }
  };
  return {
    feed(piece) {
      text += piece.toString('latin1');
      if (rest === undefined && !readHead()) return undefined;
      const after = rest?.(text);
      text = '';
      return after === undefined ? undefined : { status, goesOn: !closes && after === '' };
    },
  };
}

/** Takes the body's bytes as they come; gives what follows it once it is over. */
function bodyOf(head: string): (bytes: string) => string | undefined {
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) {
    let left = Number(length);
    return (bytes) => {
      const after = bytes.slice(left);
      left -= bytes.length - after.length;
      return left === 0 ? after : undefined;
    };
  }
  // Without a length or chunks it would end with its connection, and the connection's end tells so.
  return /^transfer-encoding: *chunked/im.test(head) ? chunked() : () => undefined;
}

function chunked(): (bytes: string) => string | undefined {
  let held = '';
  return (bytes) => {
    held += bytes;
    for (;;) {
      const line = held.indexOf('\r\n');
      if (line === -1) return undefined;
      const size = Number.parseInt(held.slice(0, line), 16);
      const next = line + 2 + size + 2;
      if (held.length < next) return undefined;
      held = held.slice(next);
      if (size === 0) return held;
    }
  };
}
