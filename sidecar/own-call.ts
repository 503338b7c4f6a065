// A call that the sidecar makes by itself, within one of the agent's: under the same credential, cut when that is cut, known
// in the API server's audit log as its child `<id>.<n>`. Nothing of the agent's headers goes with it; all of it is bounded.
import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { createGrowingBytes, type Hold } from '../masking/growing-bytes.ts';
import type { Credential } from './credential.ts';
import type { Upstream } from './upstream.ts';
import { isStaleConnection, sendUpstream } from './upstream-request.ts';

/** etcd keeps 1.5 MiB an object; base64 in JSON adds a third. */
export const MAX_OWN_ANSWER_BYTES = 2 * 1024 * 1024;
/** An API server that is well answers a get in milliseconds. */
const OWN_TIMEOUT_MS = 10_000;

export type OwnAnswer =
  /** The body of a 200. */
  | { readonly kind: 'ok'; readonly bytes: Uint8Array }
  /** Any other status; its body is not looked at. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: string | undefined }
  | { readonly kind: 'noCredential' }
  | { readonly kind: 'noRoom' }
  /** A clause of our own words, or an error's code. */
  | { readonly kind: 'failed'; readonly why: string };

export interface OwnCallsParts {
  readonly upstream: Upstream;
  readonly credential: Credential;
}

/** The call of the agent within which they are made. */
export interface Within {
  readonly auditId: string;
  readonly signal: AbortSignal;
  /** Of a room; what the last answer takes is held until the next, or until the call ends. */
  readonly hold: Hold;
}

/** Gets a canonical target as JSON. Never rejects. */
export type OwnGet = (target: string) => Promise<OwnAnswer>;

export function createOwnGet({ upstream, credential }: OwnCallsParts, within: Within): OwnGet {
  let made = 0;
  return async (target) => {
    const presented = await credential.present();
    if (presented === undefined) return { kind: 'noCredential' };
    made += 1;
    const options = {
      ...upstream.options(presented),
      method: 'GET',
      path: upstream.pathOf(target),
      headers: {
        host: upstream.host,
        'user-agent': 'chaperone',
        accept: 'application/json',
        'accept-encoding': 'identity',
        'audit-id': `${within.auditId}.${made}`,
        ...(presented.bearer !== undefined && { authorization: `Bearer ${presented.bearer}` }),
      },
      signal: within.signal,
    };
    const first = await attempt(options, within.hold);
    const answer = first === 'staleConnection' ? settled(await attempt(options, within.hold)) : first;
    return answer.kind === 'failed' && within.signal.aborted ? CUT : answer;
  };
}

const CUT: OwnAnswer = { kind: 'failed', why: 'the call it was read for has ended' };

const settled = (answer: OwnAnswer | 'staleConnection'): OwnAnswer =>
  answer === 'staleConnection' ? { kind: 'failed', why: 'the connection failed' } : answer;

function attempt(options: RequestOptions, hold: Hold): Promise<OwnAnswer | 'staleConnection'> {
  return new Promise((resolve) => {
    let switched = false;
    const request = sendUpstream(options, undefined, () => {
      switched = true;
    });
    const late = setTimeout(
      () => request.destroy(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })),
      OWN_TIMEOUT_MS,
    );
    request.once('close', () => clearTimeout(late));
    request.once('response', (answer) => read(answer, hold).then(resolve));
    request.on('error', (error) => {
      if (switched) resolve({ kind: 'failed', why: 'the API server switched protocols' });
      else resolve(isStaleConnection(request, error) ? 'staleConnection' : failedBy(error));
    });
  });
}

const failedBy = (error: Error): OwnAnswer => ({
  kind: 'failed',
  why: (error as { code?: string }).code ?? 'the connection failed',
});

async function read(answer: IncomingMessage, hold: Hold): Promise<OwnAnswer> {
  const { statusCode: status = 0, headers } = answer;
  if (status !== 200) {
    answer.resume().on('error', () => {});
    return { kind: 'status', status, retryAfter: headers['retry-after'] };
  }
  const received = createGrowingBytes(MAX_OWN_ANSWER_BYTES, hold);
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      const appended = received.append(chunk);
      if (appended === 'noRoom') return { kind: 'noRoom' };
      if (appended === 'tooLarge')
        return { kind: 'failed', why: `it is larger than ${MAX_OWN_ANSWER_BYTES} bytes` };
    }
  } catch (error) {
    return failedBy(error as Error);
  }
  const bytes = received.take();
  hold(bytes.buffer.byteLength);
  return { kind: 'ok', bytes };
}
