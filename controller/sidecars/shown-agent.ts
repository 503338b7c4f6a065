// Who calls, by the client certificate of the connection: an agent whose identity the roots of this moment have signed.
import type { X509Certificate } from 'node:crypto';
import type { Http2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { type Agent, readAgent } from '../../ca/agent.ts';
import { believedForMs } from '../identity/believed.ts';
import type { Credentials } from '../identity/credentials.ts';

export interface ShownDeps {
  readonly credentials: () => Credentials;
  readonly trustDomain: string;
}

export interface Shown {
  readonly agent: Agent;
  readonly certificate: X509Certificate;
}

/** Undefined: nobody's, or no longer. */
export function shownAgent(session: Http2Session, deps: ShownDeps): Shown | undefined {
  const socket = session.socket as TLSSocket;
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  const agent = certificate && readAgent(certificate, deps.trustDomain);
  if (certificate === undefined || agent === undefined || leftMsOf(certificate, deps) === 0) return undefined;
  return { agent, certificate };
}

/** For how long it is still believed, ms. */
export const leftMsOf = (certificate: X509Certificate, { credentials }: ShownDeps): number =>
  believedForMs(certificate, credentials().roots.control, Date.now());
