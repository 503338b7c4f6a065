// How the API server understood a request, from its audit log: compared field by field with how we read it.
import { connect } from 'node:tls';
import type { ApiRequest } from '../../policy/api-request.ts';
import type { AuditEvent } from '../cluster/audit.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { RawRequest } from './requests.ts';

const AT_ONCE = 8;
const ANSWER_MS = 10_000;

/** A request under the Audit-ID by which its event is found. */
export interface Sent extends RawRequest {
  readonly id: string;
}

/** Sends each request as it is, with a token that may do nothing. Gives the status of each answer by its id. */
export async function sendRaw(
  cluster: Cluster,
  token: string,
  requests: readonly Sent[],
): Promise<ReadonlyMap<string, string>> {
  const statuses = new Map<string, string>();
  const waiting = [...requests];
  const sender = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      statuses.set(next.id, await sendOne(cluster, token, next));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return statuses;
}

/** The status of the answer; nothing where the server closed without one. */
function sendOne(cluster: Cluster, token: string, { id, method, target }: Sent): Promise<string> {
  const { hostname, port } = new URL(cluster.server);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: Number(port),
      ca: cluster.ca,
      ALPNProtocols: ['http/1.1'],
    });
    let answer = '';
    const done = (): void => {
      resolve(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? '');
      socket.destroy();
    };
    socket.setTimeout(ANSWER_MS, () => reject(new Error(`no answer to ${method} ${target}`)));
    socket.on('error', reject).on('close', done);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n')) done();
    });
    const headers = [
      `Host: ${hostname}`,
      `Authorization: Bearer ${token}`,
      `Audit-ID: ${id}`,
      'Content-Length: 0',
    ];
    socket.write(Buffer.from(`${method} ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`));
  });
}

/** What is decided by, in the words of an audit event. */
export interface Understood {
  readonly verb: string;
  readonly apiGroup?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly namespace?: string | undefined;
  readonly resource?: string | undefined;
  readonly subresource?: string | undefined;
  readonly name?: string | undefined;
}

/** As it stands in the audit log: an empty group is left out there, and a path that is no resource has no object. */
export function byApiServer({ verb, objectRef }: AuditEvent): Understood {
  const { apiGroup, apiVersion, namespace, resource, subresource, name } = objectRef ?? {};
  return { verb, apiGroup, apiVersion, namespace, resource, subresource, name };
}

export function byUs(request: ApiRequest): Understood {
  if (request.kind === 'nonResource') return { ...NOTHING, verb: request.verb };
  const { verb, apiGroup, apiVersion, namespace, resource, subresource, name } = request;
  return { verb, apiGroup: apiGroup || undefined, apiVersion, namespace, resource, subresource, name };
}

const NOTHING = {
  apiGroup: undefined,
  apiVersion: undefined,
  namespace: undefined,
  resource: undefined,
  subresource: undefined,
  name: undefined,
};
