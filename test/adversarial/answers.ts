// What came back to an agent: a whole answer, or one under way that is looked at as it grows; and what a refusal says.
import { waitFor } from '../cluster/wait.ts';

const ARRIVES_WITHIN_MS = 20_000;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The body as JSON: an object or a Status. */
  json(): Json;
}

/** Enough of a Kubernetes object for what is looked at. */
// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into field by field.
export type Json = any;

/** An answer under way. */
export interface Streamed {
  readonly status: number;
  readonly headers: Answered['headers'];
  /** When the head arrived, by the monotonic clock. */
  readonly headAtMs: number;
  /** Everything that came so far. */
  text(): string;
  /** Waits until the text so far matches. */
  until(pattern: RegExp): Promise<string>;
  /** How it ended, and when. */
  readonly end: Promise<{ readonly how: 'complete' | 'broken off'; readonly atMs: number }>;
  abort(): void;
}

/** Follows an answer whose head is there. */
export function followed(
  stream: NodeJS.ReadableStream,
  head: Pick<Streamed, 'status' | 'headers'>,
  isComplete: () => boolean,
  abort: () => void,
): Streamed {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  const end: Streamed['end'] = new Promise((resolve) => {
    stream.on('error', () => {});
    stream.on('close', () =>
      resolve({ how: isComplete() ? 'complete' : 'broken off', atMs: performance.now() }),
    );
  });
  return {
    ...head,
    headAtMs: performance.now(),
    end,
    abort,
    text: () => text,
    until: (pattern) =>
      waitFor({
        what: `the answer to show ${pattern}`,
        timeoutMs: ARRIVES_WITHIN_MS,
        probe: () => (pattern.test(text) ? text : undefined),
        evidence: () => text.slice(-2000),
      }),
  };
}

/** What a refusal says of itself: its code, or what came instead. */
export function refusalOf(answered: Answered): string {
  const status = answered.json();
  const isStatus = status.kind === 'Status' && status.code === answered.status;
  return isStatus ? `${status.code} ${status.details?.causes?.[0]?.reason}` : answered.body.toString();
}

/** The same for the bytes of an HTTP/1 answer. */
export function rawRefusalOf(text: string): string {
  const status = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4) || '{}') as Json;
  const said = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
  return status.kind === 'Status' && status.code === said
    ? `${said} ${status.details?.causes?.[0]?.reason}`
    : text;
}
