import { describe, expect, test } from 'vitest';
import { resourceRequestOf } from '../policy/fixtures.ts';
import { isStream } from '../policy/stream-rule.ts';
import { type Head, readHead } from './head.ts';
import { offerHeaders, readChoice, readOffer, switchedHead } from './offer.ts';

const WEB = '/api/v1/namespaces/shop/pods/web';
const TARGETS = {
  exec: `${WEB}/exec?command=sh&container=app&stdout=true`,
  attach: `${WEB}/attach?container=app&stdout=true`,
  portforward: `${WEB}/portforward`,
} as const;

const NAMED_IN = { websocket: 'Sec-WebSocket-Protocol', 'SPDY/3.1': 'X-Stream-Protocol-Version' } as const;

function offerOf(kind: keyof typeof TARGETS, upgrade: keyof typeof NAMED_IN, ...protocols: string[]) {
  const method = upgrade === 'websocket' ? 'GET' : 'POST';
  const request = resourceRequestOf(method, TARGETS[kind]);
  const key = ['Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='];
  const named = protocols.flatMap((name) => [NAMED_IN[upgrade], name]);
  const rawHeaders = ['Connection', 'Upgrade', 'Upgrade', upgrade, ...key, ...named];
  const head = readHead({ method, rawHeaders, httpVersionMajor: 1 }, request) as Head;
  if (!isStream(request)) throw new Error('no stream');
  const offer = readOffer(head, request);
  if (offer.kind === 'refusal') throw new Error(offer.code);
  return { offer, request };
}

describe('an offer', () => {
  test.each([
    ['exec', 'websocket', ['v5.channel.k8s.io', 'v4.base64.channel.k8s.io', 'base64.channel.k8s.io']],
    [
      'attach',
      'websocket',
      ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'],
    ],
    ['exec', 'SPDY/3.1', ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io']],
    [
      'portforward',
      'websocket',
      ['SPDY/3.1+portforward.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'],
    ],
    ['portforward', 'SPDY/3.1', ['portforward.k8s.io']],
  ] as const)('of %s over %s goes on in its order, with a handshake of ours', (kind, upgrade, protocols) => {
    const { offer } = offerOf(kind, upgrade, 'v0.mine', ...protocols, 'v9.mine');
    const headers = offerHeaders(offer);
    expect(headers).toMatchObject({ upgrade, [NAMED_IN[upgrade].toLowerCase()]: protocols.join(', ') });
    expect('sec-websocket-key' in headers).toBe(upgrade === 'websocket');
  });

  test('of a client that names none has none, and is answered with none', () => {
    const { offer, request } = offerOf('exec', 'websocket');
    const headers = offerHeaders(offer);
    expect(headers).not.toHaveProperty('sec-websocket-protocol');
    const head = switchedHead(offer, '', 'an id');
    expect(head).toMatch(/\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n\r\n$/);
    const answer = { headers: { upgrade: 'websocket', 'sec-websocket-protocol': 'v4.channel.k8s.io' } };
    expect(readChoice(answer, { ...offer, keys: undefined }, request)).toMatchObject({
      code: 'UnexpectedProtocol',
    });
  });

  test('over SPDY is answered with what the API server chose of it', () => {
    const { offer, request } = offerOf('exec', 'SPDY/3.1', 'v4.channel.k8s.io', 'v3.channel.k8s.io');
    const choice = (headers: Record<string, string>) => readChoice({ headers }, offer, request);
    const named = { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v3.channel.k8s.io' };
    expect(choice(named)).toEqual({ kind: 'choice', protocol: 'v3.channel.k8s.io' });
    expect(switchedHead(offer, 'v3.channel.k8s.io', 'an id')).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\nAudit-Id: an id\r\n' +
        'x-stream-protocol-version: v3.channel.k8s.io\r\n\r\n',
    );
    for (const [name, value] of [
      ['upgrade', 'SPDY/4'],
      ['x-stream-protocol-version', 'v2.channel.k8s.io'],
    ])
      expect(choice({ ...named, [name as string]: value })).toMatchObject({ code: 'UnexpectedProtocol' });
  });
});
