// A client of SPDY/3.1 (draft-mbelshe-httpbis-spdy-00 with 3.1's frames), apart from what streams/ does: its header blocks are one
// running zlib stream, as those of moby/spdystream are.
import type { Duplex } from 'node:stream';
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { DICTIONARY } from '../../streams/spdy/dictionary.ts';
import {
  controlFrame,
  dataFrame,
  FIN,
  GOAWAY,
  PING,
  RST_STREAM,
  SYN_REPLY,
  SYN_STREAM,
  words,
} from './spdy-frames.ts';

export interface SpdyStream {
  readonly id: number;
  /** Resolves once the server has agreed to it. */
  readonly replied: Promise<void>;
  write(bytes: Buffer | string): void;
  /** The half-close. */
  finish(): void;
  reset(): void;
  onData(take: (bytes: Buffer) => void): void;
  /** Resolves when the other side has finished it, reset it, or gone. */
  readonly finished: Promise<'finished' | 'reset' | 'gone'>;
}

export interface SpdyClient {
  open(headers: Readonly<Record<string, string>>): Promise<SpdyStream>;
  ping(id: number): Promise<void>;
  /** GOAWAY. */
  leave(): void;
  /** The ids that the server's GOAWAYs named as its last. */
  readonly goaways: readonly number[];
  /** Resolves when the connection has ended. */
  readonly end: Promise<{ readonly atMs: number }>;
}

/** What one more block makes of a running zlib stream. */
function through(zlib: Deflate | Inflate, block: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const take = (piece: Buffer) => pieces.push(piece);
    zlib.on('data', take).once('error', reject);
    zlib.write(block);
    zlib.flush(constants.Z_SYNC_FLUSH, () => {
      zlib.off('data', take).off('error', reject);
      resolve(Buffer.concat(pieces));
    });
  });
}

/** `connection`: switched, or a tunnel. */
export function spdyOver(connection: Duplex): SpdyClient {
  const deflate = createDeflate({ dictionary: DICTIONARY });
  const inflate = createInflate({ dictionary: DICTIONARY });
  const goaways: number[] = [];
  const pings = new Map<number, () => void>();
  const open = new Map<number, ReturnType<typeof streamOf>>();
  let nextId = 1;
  let unread: Buffer = Buffer.of();
  let reading = Promise.resolve();
  let opening: Promise<unknown> = Promise.resolve();
  const { promise: end, resolve: ended } = Promise.withResolvers<{ atMs: number }>();

  async function took(head: Buffer, payload: Buffer): Promise<void> {
    const flags = head.readUInt8(4);
    if ((head.readUInt8(0) & 0x80) === 0) {
      const stream = open.get(head.readUInt32BE(0));
      if (payload.length > 0) stream?.took(payload);
      if ((flags & FIN) !== 0) stream?.over('finished');
      return;
    }
    const type = head.readUInt16BE(2);
    const first = payload.length >= 4 ? payload.readUInt32BE(0) : 0;
    if (type === SYN_REPLY) {
      await through(inflate, payload.subarray(4));
      open.get(first)?.agreed();
      if ((flags & FIN) !== 0) open.get(first)?.over('finished');
    } else if (type === RST_STREAM) open.get(first)?.over('reset');
    else if (type === PING) pings.get(first)?.();
    else if (type === GOAWAY) goaways.push(first);
  }

  connection.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    while (unread.length >= 8) {
      const size = 8 + unread.readUIntBE(5, 3);
      if (unread.length < size) return;
      const [head, payload] = [unread.subarray(0, 8), unread.subarray(8, size)];
      unread = unread.subarray(size);
      reading = reading.then(() => took(head, payload));
    }
  });
  connection.on('end', () => connection.end());
  connection.on('close', () => {
    const atMs = performance.now();
    void reading.then(() => {
      for (const stream of open.values()) stream.over('gone');
      ended({ atMs });
    });
  });
  connection.resume();

  function streamOf(id: number) {
    const { promise: replied, resolve: agreed } = Promise.withResolvers<void>();
    const { promise: finished, resolve: over } = Promise.withResolvers<'finished' | 'reset' | 'gone'>();
    let take: (bytes: Buffer) => void = () => {};
    const stream: SpdyStream = {
      id,
      replied,
      finished,
      write: (bytes) => void connection.write(dataFrame(id, 0, Buffer.from(bytes as Buffer))),
      finish: () => void connection.write(dataFrame(id, FIN, Buffer.of())),
      reset: () => void connection.write(controlFrame(RST_STREAM, 0, words(id, 5))),
      onData(next) {
        take = next;
      },
    };
    return { stream, agreed, over, took: (bytes: Buffer) => take(bytes) };
  }

  return {
    goaways,
    end,
    async open(headers) {
      // Header blocks go out in the order in which they were made.
      const before = opening;
      const { promise, resolve } = Promise.withResolvers<void>();
      opening = promise;
      await before;
      const id = nextId;
      nextId += 2;
      const made = streamOf(id);
      open.set(id, made);
      const pairs = Object.entries(headers).flatMap(([name, value]) =>
        [name.toLowerCase(), value].flatMap((text) => [words(text.length), Buffer.from(text)]),
      );
      const block = Buffer.concat([words(Object.keys(headers).length), ...pairs]);
      const payload = Buffer.concat([words(id, 0), Buffer.of(0, 0), await through(deflate, block)]);
      connection.write(controlFrame(SYN_STREAM, 0, payload));
      resolve();
      return made.stream;
    },
    ping(id) {
      const { promise, resolve } = Promise.withResolvers<void>();
      pings.set(id, resolve);
      connection.write(controlFrame(PING, 0, words(id)));
      return promise;
    },
    leave: () => void connection.write(controlFrame(GOAWAY, 0, words(0, 0))),
  };
}
