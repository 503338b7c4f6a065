// Every trick with a head, played at the sidecar's own door over both protocols: what stands in its way, line by line.
import { afterAll, expect, test } from 'vitest';
import { openDoor, type Read, type Refused } from './door.ts';
import { filled, requestOf } from './requests.ts';
import { TRICKS, type Trick } from './tricks/trick.ts';
import type { Wire } from './wire/answer.ts';
import { http1 } from './wire/h1.ts';
import { http2 } from './wire/h2.ts';

type Protocol = 'h1' | 'h2';

const lines = (...those: readonly string[]): string[] => those.flatMap((line) => line.split('; '));

/** What a GET with each of them comes to: `HTTP` refuses it by itself; what is `read` goes on as it would without the trick. */
const EXPECTED: Readonly<Record<string, { both?: string[]; h1?: string[]; h2?: string[] }>> = {
  'MalformedRequest: it has a body, which its method has not': {
    h1: lines(
      'a body with a length; a body in chunks; chunks after gzip; chunks spelt otherwise',
      'identity as transfer encoding',
    ),
  },
  'MalformedRequest: its Authorization is not one non-empty bearer token': {
    both: lines(
      'an empty Authorization; a bearer after two spaces; a bearer after a tab',
      'a bearer and a second word; two bearers in one; basic credentials',
    ),
    h1: lines('an empty bearer'),
  },
  'MalformedRequest: its Connection names a header that is not hop-by-hop': {
    h1: lines('Connection names Impersonate-User; Connection names Authorization; an upgrade to h2c'),
  },
  'MalformedRequest: its Sec-WebSocket-Protocol carries a credential': {
    both: lines('a WebSocket protocol without an upgrade'),
    h1: lines('a token in a WebSocket protocol; both tokens, one in a WebSocket protocol'),
  },
  'MalformedRequest: its body is encoded': {
    both: lines('Content-Encoding'),
  },
  'MalformedRequest: its request line is not of HTTP/1': {
    h1: lines('the version HTTP/2.0'),
  },
  'MalformedRequest: one of its headers stands there twice': {
    both: lines(
      'two Authorizations, ours first; two Authorizations, ours last; two Accepts; two Content-Types',
      'two User-Agents',
    ),
    h1: lines('two Hosts'),
  },
  'OtherIdentity: its header impersonate-* speaks for another identity': {
    both: lines(
      'Impersonate-User; Impersonate-User in odd case; Impersonate-User and -Group',
      'Impersonate-Group alone; Impersonate-Uid; Impersonate-Extra; Impersonate-User, empty',
      'Impersonate-User twice',
    ),
  },
  'OtherIdentity: its header x-remote-user speaks for another identity': {
    both: lines('X-Remote-User'),
  },
  UnknownCaller: {
    both: lines("no Authorization; an unknown token; another account's token"),
    h2: lines('an empty bearer'),
  },
  UpgradeRefused: {
    h1: lines('an upgrade to websocket; an upgrade to SPDY; an Upgrade that Connection does not name'),
  },
  HTTP: {
    both: lines('Expect of something else; a head beyond 64 KiB'),
    h1: lines(
      'bytes beyond ASCII; a control character in a value; a NUL in a value; a name that is no token',
      'an empty name; no Host; the version HTTP/1.2; a folded header; a space before the colon',
      'a bare line feed; a bare carriage return; a line that begins with a space; a length and chunks',
      'chunks and a length; two lengths; two lengths that differ; a signed length; a length in a list',
    ),
    h2: lines(
      'Connection names Impersonate-User; two paths; two methods; two authorities; no authority',
      'no path; no scheme; no method; another authority; a path after the headers',
      'a pseudo-header that nobody knows; extended CONNECT; a name in upper case',
      'te other than trailers; Transfer-Encoding over HTTP/2; Keep-Alive over HTTP/2',
      'Upgrade over HTTP/2; a length that differs from its bytes',
    ),
  },
  read: {
    both: lines(
      'Impersonate_User; a bearer in lower case; X-HTTP-Method-Override; X-Original-URL',
      'X-Forwarded-For; Origin; traceparent; Accept: Table; Accept: protobuf; Accept of nothing',
      'an apply; Expect: 100-continue; If-None-Match and Range; two of a header that decides nothing',
    ),
    h1: lines(
      'Connection: close; an empty Host; a Host that is no host; a Host with a user; another Host',
      'the version HTTP/1.0; a length without bytes on any method',
    ),
    h2: lines(
      'bytes beyond ASCII; a control character in a value; a NUL in a value; a name that is no token',
      'an empty name; a host beside the authority; a line feed in a value',
    ),
  },
};

const door = await openDoor('ours', (id) => id);
const wires: Readonly<Record<Protocol, Wire>> = { h1: http1(door.place), h2: http2(door.place) };
afterAll(() => {
  for (const wire of Object.values(wires)) wire.close();
  door.close();
});

async function play(protocol: Protocol, trick?: Trick): Promise<Read | Refused | undefined> {
  const raw = requestOf(protocol, 'GET', '/api/v1/pods', trick);
  await wires[protocol].send(filled(raw, { token: 'ours', other: 'theirs', packed: 'dGhlaXJz', id: 'x' }));
  return door.take('x');
}

function outcomeOf(read: Read | Refused | undefined): string {
  if (read === undefined) return 'HTTP';
  return read.kind === 'read' ? 'read' : read.reason;
}

function expectedOf(protocol: Protocol, name: string): string | undefined {
  const found = Object.entries(EXPECTED).find(
    ([, { both = [], ...only }]) => both.includes(name) || only[protocol]?.includes(name),
  );
  return found?.[0];
}

const cases = TRICKS.flatMap((trick) =>
  trick.protocols.map((protocol) => [protocol, trick.name, trick] as const),
);

test.each(cases)('over %s: %s', async (protocol, name, trick) => {
  const read = await play(protocol, trick);
  expect(outcomeOf(read)).toBe(expectedOf(protocol, name));
  if (read?.kind !== 'read') return;
  const plain = await play(protocol);
  expect(read.request).toEqual(plain?.kind === 'read' && plain.request);
  const allowed =
    /^(?:host|accept|accept-encoding|audit-id|authorization|content-type|user-agent|if-none-match)$/;
  for (const [header, value] of read.headers) {
    expect(header).toMatch(allowed);
    expect(value).not.toMatch(/\p{Cc}/u);
  }
  expect(new Map(read.headers).get('authorization')).toBe('Bearer ours');
  expect(new Map(read.headers).get('host')).toBe('kubernetes');
});
