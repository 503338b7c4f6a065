// The API server, as the controller calls it: JSON in and out as it stands on the wire (a typed client would drop the
// fields that it does not know), every call bounded in time and bytes, every outcome that a caller acts on a value.
import { Agent, type RequestOptions, request } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

/** A proof of being current must not wait long for its answer; nothing asked for here takes a second. */
const CALL_TIMEOUT_MS = 5_000;

/** A page of a list at its longest: etcd holds no object above 1.5 MiB, and a page has 40 (PAGE_SIZE). */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Of every list, so that no objects, however large, keep others from being listed. */
export const PAGE_SIZE = 40;

/** Beyond it calls wait for each other; the API server's fairness would make them wait as well. */
const MAX_SOCKETS = 64;

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly [field: string]: unknown;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** `absent`: 404. `conflict`: 409, it exists already or has moved on from the resourceVersion that was named. */
export type Outcome<T = KubeObject> =
  | { readonly kind: 'done'; readonly object: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'conflict' };

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface KubeApi {
  /** What the API server's certificate is verified by, PEM: in a cluster, the ca.crt of the ServiceAccount. */
  readonly ca: string;
  /** Any other answer than those of `Outcome`, and none within 5 s, rejects. `metadata`: of what is listed that alone. */
  call<T = KubeObject>(method: Method, path: string, body?: object, of?: 'metadata'): Promise<Outcome<T>>;
  /** Watches until the answer ends, `signal` aborts or something fails; calls `onEvent` for every event, unread. */
  watch(path: string, signal: AbortSignal, onEvent: () => void): Promise<void>;
}

/** The API server said no, or something that is no answer. `code` is safe to log. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: string;
  constructor(method: string, path: string, status: number | 'too long' | 'not JSON') {
    super(`${method} ${path}: ${status}`);
    this.code = this.message;
  }
}

/** The credential is asked of `config` for every call, so that a rotated token is used within a minute. */
export async function connect(config: KubeConfig): Promise<KubeApi> {
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('no API server is configured');
  const { ca, cert, key } = await credential(config);
  if (ca === undefined) throw new Error('no CA of the API server is configured');
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ca, cert, key });

  /** Resolves with the head of the answer. */
  async function open(method: string, path: string, signal: AbortSignal, accept: string, body?: Buffer) {
    const { headers } = await credential(config);
    const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
    const contentHeaders = body && { 'content-type': 'application/json', 'content-length': body.length };
    const call = request(new URL(path, server), {
      method,
      agent,
      signal,
      headers: { ...headers, accept, 'user-agent': 'chaperone-controller', ...contentHeaders },
    });
    call.on('response', resolve).on('error', reject).end(body);
    return promise;
  }

  return {
    ca: String(ca),
    async call<T>(method: Method, path: string, body?: object, of?: 'metadata'): Promise<Outcome<T>> {
      const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
      const sent = body && Buffer.from(JSON.stringify(body));
      const accept = of === undefined ? 'application/json' : METADATA_LIST;
      const answer = await open(method, path, signal, accept, sent);
      const pieces: Buffer[] = [];
      let length = 0;
      for await (const piece of answer as AsyncIterable<Buffer>) {
        length += piece.length;
        if (length > MAX_ANSWER_BYTES) throw new KubeError(method, path, 'too long');
        pieces.push(piece);
      }
      const status = answer.statusCode ?? 0;
      if (status === 404) return { kind: 'absent' };
      if (status === 409) return { kind: 'conflict' };
      if (status < 200 || status > 299) throw new KubeError(method, path, status);
      try {
        return { kind: 'done', object: JSON.parse(Buffer.concat(pieces).toString('utf8')) as T };
      } catch {
        throw new KubeError(method, path, 'not JSON');
      }
    },
    async watch(path, signal, onEvent) {
      const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json';
      const answer = await open('GET', path, signal, accept);
      if (answer.statusCode !== 200) throw new KubeError('WATCH', path, answer.statusCode ?? 0);
      for await (const piece of answer as AsyncIterable<Buffer>) if (piece.includes('\n')) onEvent();
    },
  };
}

async function credential(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(options);
  return options;
}

/** The object, or an error for what has to be there. */
export function found<T>(outcome: Outcome<T>, what: string): T {
  if (outcome.kind !== 'done') throw new Error(`${what}: ${outcome.kind}`);
  return outcome.object;
}
