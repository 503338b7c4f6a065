// An agent as the control plane knows it, and its name in a certificate: a SPIFFE ID with namespace, ServiceAccount and UID.
// What is printed here is all that is ever read back; a name in any other form names nobody.
import type { X509Certificate } from 'node:crypto';

export interface Agent {
  namespace: string;
  serviceAccount: string;
  /** The pod's UID. */
  uid: string;
}

const AGENT_URI_PATH =
  /^\/ns\/(?<namespace>[a-z0-9-]{1,63})\/sa\/(?<serviceAccount>[a-z0-9.-]{1,253})\/pod\/(?<uid>[0-9a-f-]{36})$/;

/** `spiffe://<trust-domain>/ns/<ns>/sa/<sa>/pod/<uid>`. Throws for parts that could be read as another agent's. */
export function agentUri(agent: Agent, trustDomain: string): string {
  const path = `/ns/${agent.namespace}/sa/${agent.serviceAccount}/pod/${agent.uid}`;
  if (!AGENT_URI_PATH.test(path)) throw new Error('an agent with this name cannot be certified');
  return `spiffe://${trustDomain}${path}`;
}

/**
 * Who a peer's certificate names. The handshake has already proven that the control root signed it for a client;
 * `undefined` for any certificate whose one name is not an agent of this trust domain.
 */
export function readAgent(certificate: X509Certificate, trustDomain: string): Agent | undefined {
  const prefix = `URI:spiffe://${trustDomain}/`;
  const name = certificate.subjectAltName ?? '';
  if (!name.startsWith(prefix)) return undefined;
  const { namespace, serviceAccount, uid } = AGENT_URI_PATH.exec(name.slice(prefix.length - 1))?.groups ?? {};
  return namespace && serviceAccount && uid ? { namespace, serviceAccount, uid } : undefined;
}
