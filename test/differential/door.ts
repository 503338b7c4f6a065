// The sidecar's own door and the checks behind it, up to the decision: what it makes of a request's bytes.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ApiRequest } from '../../policy/api-request.ts';
import { admitHead } from '../../sidecar/admit.ts';
import { beginCall } from '../../sidecar/call.ts';
import { createCallers } from '../../sidecar/callers.ts';
import { headersToServer } from '../../sidecar/forward-headers.ts';
import { createHeldEntitlements } from '../../sidecar/held-entitlements.ts';
import type { AgentRequest, AgentResponse } from '../../sidecar/listener.ts';
import { systemClock } from '../../sidecar/monotonic.ts';
import { BOUNDS, createServer } from '../../sidecar/server.ts';
import { selfSigned } from '../../sidecar/test-tls.ts';
import type { Place } from './wire/answer.ts';

/** What would be decided on, and what would go on to the API server. */
export interface Read {
  readonly kind: 'read';
  readonly request: ApiRequest;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface Refused {
  readonly kind: 'refused';
  /** A code and, where it has more than one, the cause; free of what the request itself says. */
  readonly reason: string;
}

export interface Door {
  readonly place: Place;
  /** What was made of the request with this Audit-ID; undefined where HTTP itself refused it. Told once. */
  take(id: string): Read | Refused | undefined;
  close(): void;
}

/**
 * A caller holds `token`, and the credential is the same: so one request goes to the door and to the API server.
 * `printedId` names the print of a request among the API server's calls.
 */
export async function openDoor(token: string, printedId: (id: string) => string): Promise<Door> {
  const certificate = selfSigned();
  const now = systemClock.monotonicMs;
  const callers = createCallers(now);
  callers.adopt('agent', token);
  // A lease that was never given is the last to refuse before the decision: what it refuses has been read.
  const parts = { callers, held: createHeldEntitlements(systemClock), now };
  const told = new Map<string, Read | Refused>();

  const read = (req: AgentRequest, id: string): Read | Refused => {
    const call = beginCall(req, now());
    const refusal = admitHead(parts, call, req, false);
    const { request, head } = call;
    if (refusal.kind !== 'refusal') throw new Error('decided without entitlements');
    if (refusal.code !== 'StaleLease' || request === undefined || head === undefined)
      return { kind: 'refused', reason: reasonOf(refusal.code, refusal.causes[0]?.because ?? '') };
    const headers = headersToServer(head, {
      host: 'kubernetes',
      accept: head.headers.get('accept'),
      compressed: true,
      auditId: printedId(id),
      presented: { kind: 'presented', bearer: token },
      bodyBytes: request.method === 'GET' || request.method === 'HEAD' ? undefined : 0,
    });
    return { kind: 'read', request, headers: Object.entries(headers) };
  };

  const server = createServer(
    certificate,
    (req, res) => {
      req.on('error', () => {});
      res.on('error', () => {});
      const id = auditIdOf(req);
      told.set(id, read(req, id));
      res.statusCode = 204;
      (res as AgentResponse & NodeJS.WritableStream).end();
    },
    BOUNDS,
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    place: { host: '127.0.0.1', port, ca: certificate.chain },
    take(id) {
      const what = told.get(id);
      told.delete(id);
      return what;
    },
    close: () => server.close(),
  };
}

function auditIdOf({ rawHeaders }: AgentRequest): string {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'audit-id');
  return rawHeaders[at + 1] ?? '';
}

/** Causes of one code differ by what they name; names from the request are left out. */
function reasonOf(code: string, because: string): string {
  const cause = because
    .replace(/, so chaperone and the API server could read it differently$/, '')
    .replace(/^its header impersonate-\S+/, 'its header impersonate-*')
    .replace(/^its header \S+ stands there twice$/, 'one of its headers stands there twice')
    .replace(/a [A-Z]+ has not$/, 'its method has not')
    .replace(/"(?:[^"\\]|\\.)*"/g, 'a parameter');
  return code.startsWith('Malformed') || code === 'OtherIdentity' ? `${code}: ${cause}` : code;
}
