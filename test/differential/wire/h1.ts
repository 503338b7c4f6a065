// Requests over HTTP/1.1 exactly as they are given, one after the other on a connection that is kept while it can be.
import type { TLSSocket } from 'node:tls';
import { ANSWER_MS, type Bytes, CLOSED, connectTo, type Place, type Status, type Wire } from './answer.ts';
import { readAnswer } from './read-answer.ts';

export function http1(place: Place): Wire {
  let kept: TLSSocket | undefined;
  const open = () => connectTo(place, 'http/1.1');

  /** Undefined: it ended without a byte. */
  const sendOn = (socket: TLSSocket, bytes: Bytes): Promise<Status | undefined> => {
    const reader = readAnswer(bytes.alone, bytes.method === 'HEAD');
    return new Promise((resolve, reject) => {
      let heard = false;
      const done = (status: Status | undefined, goesOn: boolean): void => {
        socket
          .removeAllListeners('data')
          .removeAllListeners('close')
          .removeAllListeners('timeout')
          .setTimeout(0);
        if (!goesOn) socket.destroy();
        kept = goesOn ? socket : undefined;
        resolve(status);
      };
      socket.on('data', (piece) => {
        heard = true;
        const whole = reader.feed(piece);
        if (whole !== undefined) done(whole.status, whole.goesOn);
      });
      socket.once('close', () => done(heard ? CLOSED : undefined, false));
      socket.setTimeout(ANSWER_MS, () => reject(new Error(`no answer to ${bytes.method} ${bytes.target}`)));
      socket.write(printed(bytes));
    });
  };

  return {
    async send(bytes) {
      const used = bytes.alone ? undefined : kept;
      kept = undefined;
      const status = await sendOn(used ?? open(), bytes);
      if (status !== undefined) return status;
      // A kept connection may have been ended by the other side before these bytes came.
      return (used === undefined ? undefined : await sendOn(open(), bytes)) ?? CLOSED;
    },
    close: () => kept?.destroy(),
  };
}

function printed({ method, target, version, headers, body }: Bytes): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${target} ${version}\r\n${lines.join('')}\r\n${body}`, 'latin1');
}
