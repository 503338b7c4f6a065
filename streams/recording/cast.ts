// A recording as asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2): a header line, then `[seconds, code, data]`.
// Players show code `o` and leave out what they do not know. Its size is bounded: what goes beyond is told by length and digest.
import { createDigests, type Digest } from './digests.ts';
import { headerOf } from './header.ts';
import { createJoining, type Piece } from './joined.ts';
import type { RecordingEvent, RecordingHeader } from './recorded.ts';
import { boundsOf, createRoom, type Room } from './rooms.ts';

/** What a runtime does best. */
export interface Spelling {
  sha256(): Digest;
  /** Undefined: they are not UTF-8. */
  textOf(bytes: Uint8Array): string | undefined;
  base64Of(bytes: Uint8Array): string;
}

/** Lines are JSON without a line feed; times are ms since the recording began, and none is before the one that it follows. */
export interface Cast {
  readonly header: string;
  write(event: RecordingEvent, atMs: number): string[];
  /** What has waited long enough for more to be joined with it. */
  due(atMs: number): string[];
  /** When to ask for it; infinite: nothing waits. */
  readonly dueAtMs: number;
  /** Bytes that no line has told yet. */
  readonly held: number;
  /** What must not be told by digests has no room any more: connections of a port-forward, and what is typed into a terminal. */
  readonly isFull: boolean;
  /** All that has been waiting. */
  end(atMs: number): string[];
}

const CODES = { stdout: 'o', stderr: 'e', stdin: 'i' } as const;

type Channel = keyof typeof CODES;
type Data = Extract<RecordingEvent, { kind: 'data' }>;

export function createCast(header: RecordingHeader, { sha256, textOf, base64Of }: Spelling): Cast {
  const bounds = boundsOf(header.stream);
  const shown = createRoom(bounds.shown);
  const rooms: Readonly<Record<Channel, Room>> = {
    stdin: createRoom(bounds.typed),
    stdout: shown,
    stderr: shown,
  };
  const sizes = createRoom(bounds.sizes);
  const connections = createRoom(bounds.connections);
  const joining = createJoining<Channel>();
  const digests = createDigests(sha256);

  const line = (atMs: number, code: string, data: string): string =>
    JSON.stringify([Math.round(atMs * 1000) / 1e6, code, data]);

  const isTerminal = header.stream.kind !== 'portforward' && header.stream.tty;
  const isFull = (): boolean => connections.isFull || (isTerminal && rooms.stdin.isFull);

  const digested = (atMs: number): string[] =>
    digests.take().map(({ channel, data }) => line(atMs, `${channel}#`, data));

  const digest = (channel: Channel, bytes: Uint8Array, atMs: number): string[] =>
    digests.add(CODES[channel], bytes, atMs) ? digested(atMs) : [];

  /** What is typed into a terminal is written also where it has no room: it is the last, as a connection is. */
  const isWhole = (channel: Channel): boolean => isTerminal && channel === 'stdin';

  function written({ channel, bytes, atMs }: Piece<Channel>): string[] {
    const text = textOf(bytes);
    const code = CODES[channel];
    const said = text === undefined ? line(atMs, `${code}64`, base64Of(bytes)) : line(atMs, code, text);
    const hasRoom = rooms[channel].take(channel === 'stdin' ? bytes.length : said.length);
    return hasRoom || isWhole(channel) ? [said] : digest(channel, bytes, atMs);
  }

  const joined = (): string[] => {
    const piece = joining.take();
    return piece === undefined ? [] : written(piece);
  };

  /** Of a channel, the beginning of a character whose rest does not come. */
  function torn(channel: Channel, atMs: number): string[] {
    const bytes = joining.rest(channel);
    return bytes.length === 0 ? [] : written({ channel, bytes, atMs });
  }

  function data({ channel, bytes }: Data, atMs: number): string[] {
    if (rooms[channel].isFull && !isWhole(channel))
      return [...joined(), ...torn(channel, atMs), ...digest(channel, bytes, atMs)];
    const lines: string[] = [];
    joining.add(channel, bytes, atMs, (piece) => lines.push(...written(piece)));
    return lines;
  }

  const end = (atMs: number): string[] => [
    ...joined(),
    ...(Object.keys(CODES) as Channel[]).flatMap((channel) => torn(channel, atMs)),
    ...digested(atMs),
    ...fullness(atMs),
  ];

  /** How a command ended, once. */
  let isExitTold = false;
  function fullness(atMs: number): string[] {
    if (!isFull() || isExitTold) return [];
    isExitTold = true;
    return [line(atMs, 'x', 'its recording is full')];
  }

  const resized = (text: string): string[] => (sizes.take(text.length) ? [text] : []);

  /** The one that has no room is written all the same: it is the last. */
  function connected(text: string): string[] {
    connections.take(text.length);
    return [text];
  }

  return {
    header: JSON.stringify(headerOf(header)),
    end,
    due: (atMs) => [
      ...(atMs >= joining.dueAtMs || atMs >= digests.dueAtMs ? joined() : []),
      ...(atMs >= digests.dueAtMs ? digested(atMs) : []),
    ],
    get dueAtMs() {
      return Math.min(joining.dueAtMs, digests.dueAtMs);
    },
    get held() {
      return joining.bytes + digests.bytes;
    },
    get isFull() {
      return isFull();
    },
    write(event, atMs) {
      switch (event.kind) {
        case 'data':
          return data(event, atMs);
        case 'resize':
          return [...joined(), ...resized(line(atMs, 'r', `${event.columns}x${event.rows}`))];
        case 'exit':
          isExitTold = true;
          return [...end(atMs), line(atMs, 'x', event.status)];
        case 'opened':
          return connected(line(atMs, 'open', `${event.connection} ${event.port}`));
        case 'closed':
          return connected(line(atMs, 'close', `${event.connection} ${event.fromAgent} ${event.fromServer}`));
      }
    },
  };
}
