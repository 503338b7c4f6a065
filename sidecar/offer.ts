// The protocols that an agent offers to switch to, and the API server's choice among them. Only what is known here is offered
// on, and each side gets a handshake of ours.
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Refusal, refuse } from '../policy/refusal.ts';
import type { StreamRequest } from '../policy/stream-rule.ts';
import {
  SPDY_COMMAND_PROTOCOLS,
  SPDY_PORTS_PROTOCOL,
  TUNNEL_PROTOCOL,
  WEBSOCKET_COMMAND_PROTOCOLS,
  WEBSOCKET_PORTS_PROTOCOLS,
} from '../streams/channels.ts';
import { acceptOf } from '../streams/websocket/handshake.ts';
import { type Head, itemsOf } from './head.ts';

export interface Offer {
  readonly kind: 'offer';
  readonly upgrade: keyof typeof NAMED_IN;
  /** Known here, in the agent's order; that of a client that names none is empty. */
  readonly protocols: readonly string[];
  /** `Sec-WebSocket-Key`: the agent's, and the one for the API server. */
  readonly keys: Readonly<Record<'agent' | 'server', string>> | undefined;
}

/** By the value of `Upgrade`: the header that names what is spoken within (RFC 6455; streaming pkg/httpstream). */
const NAMED_IN = { websocket: 'sec-websocket-protocol', 'SPDY/3.1': 'x-stream-protocol-version' } as const;

const UPGRADES = new Map<string, Offer['upgrade']>([
  ['websocket', 'websocket'],
  ['spdy/3.1', 'SPDY/3.1'],
]);

const KNOWN = {
  websocket: {
    command: [...WEBSOCKET_COMMAND_PROTOCOLS.keys()],
    ports: [...WEBSOCKET_PORTS_PROTOCOLS.keys(), TUNNEL_PROTOCOL],
  },
  'SPDY/3.1': { command: [...SPDY_COMMAND_PROTOCOLS.keys()], ports: [SPDY_PORTS_PROTOCOL] },
} as const satisfies Record<Offer['upgrade'], Record<'command' | 'ports', readonly string[]>>;

const WEBSOCKET_VERSION = '13';
/** 16 bytes in base64. */
const WEBSOCKET_KEY = /^[A-Za-z0-9+/]{22}==$/;

/** What the head of a stream's call offers. Refuses with UpgradeUnknown, ProtocolUnknown or MalformedRequest. */
export function readOffer(
  { method, headers, upgrade: asked = '' }: Head,
  request: StreamRequest,
): Offer | Refusal {
  const upgrade = UPGRADES.get(asked);
  if (upgrade === undefined) return refuse('UpgradeUnknown', { request, upgrade: asked });
  const why = upgrade === 'websocket' ? wrongWithWebSocket(method, headers) : undefined;
  if (why !== undefined) return refuse('MalformedRequest', { request, why });
  const named = itemsOf(headers.get(NAMED_IN[upgrade]) ?? '');
  const known: readonly string[] =
    KNOWN[upgrade][request.stream.kind === 'portforward' ? 'ports' : 'command'];
  const protocols = named.filter((name) => known.includes(name));
  if (protocols.length === 0) return refuse('ProtocolUnknown', { request, protocols: named });
  const keys = {
    agent: headers.get('sec-websocket-key') ?? '',
    server: randomBytes(16).toString('base64'),
  };
  return { kind: 'offer', upgrade, protocols, keys: upgrade === 'websocket' ? keys : undefined };
}

function wrongWithWebSocket(method: string, headers: Head['headers']): string | undefined {
  if (method !== 'GET') return `it asks for a WebSocket with ${method}, which only a GET may`;
  if (headers.get('sec-websocket-version') !== WEBSOCKET_VERSION)
    return `its Sec-WebSocket-Version is not ${WEBSOCKET_VERSION}`;
  if (!WEBSOCKET_KEY.test(headers.get('sec-websocket-key') ?? ''))
    return 'its Sec-WebSocket-Key is not 16 bytes in base64';
  return undefined;
}

/** What the upgraded request to the API server says beside its ordinary headers. */
export function offerHeaders({ upgrade, protocols, keys }: Offer): Record<string, string> {
  const named = protocols.filter((name) => name !== '').join(', ');
  return {
    connection: 'Upgrade',
    upgrade,
    ...(named !== '' && { [NAMED_IN[upgrade]]: named }),
    ...(keys && { 'sec-websocket-version': WEBSOCKET_VERSION, 'sec-websocket-key': keys.server }),
  };
}

/** The protocol that a 101 switches to; a refusal where it is not one that was offered. */
export function readChoice(
  { headers }: Pick<IncomingMessage, 'headers'>,
  { upgrade, protocols, keys }: Offer,
  request: StreamRequest,
): { readonly kind: 'choice'; readonly protocol: string } | Refusal {
  const unexpected = (protocol: string) => refuse('UnexpectedProtocol', { request, protocol });
  const switched = headers.upgrade ?? '';
  if (switched.toLowerCase() !== upgrade.toLowerCase()) return unexpected(switched);
  if (keys !== undefined && headers['sec-websocket-accept'] !== acceptOf(keys.server, sha1))
    return unexpected('websocket, by another key');
  const extension = headers['sec-websocket-extensions'];
  if (extension !== undefined) return unexpected(extension);
  const protocol = String(headers[NAMED_IN[upgrade]] ?? '');
  return protocols.includes(protocol) ? { kind: 'choice', protocol } : unexpected(protocol);
}

/** The head with which the agent's connection switches. */
export function switchedHead({ upgrade, keys }: Offer, protocol: string, auditId: string): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    `Upgrade: ${upgrade}`,
    'Connection: Upgrade',
    `Audit-Id: ${auditId}`,
    ...(keys ? [`Sec-WebSocket-Accept: ${acceptOf(keys.agent, sha1)}`] : []),
    ...(protocol === '' ? [] : [`${NAMED_IN[upgrade]}: ${protocol}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();
