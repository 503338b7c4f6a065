import { expect, test } from 'vitest';
import { requestOf } from '../policy/fixtures.ts';
import { headersToAgent, headersToServer, type Ours } from './forward-headers.ts';
import { readHead } from './head.ts';

const ours: Ours = {
  host: 'api:443',
  accept: 'application/json',
  compressed: true,
  auditId: 'our-id',
  presented: { kind: 'presented', bearer: 'real' },
  bodyBytes: undefined,
};

function sent(rawHeaders: readonly string[], more: Partial<Ours> = {}): Record<string, string> {
  const head = readHead({ method: 'GET', rawHeaders, httpVersionMajor: 1 }, requestOf('GET', '/api'));
  if (head.kind === 'refusal') throw new Error(head.message);
  return headersToServer(head, { ...ours, ...more });
}

test('an agent says no more to the API server than the list allows', () => {
  const said = [
    ['Host', 'evil'],
    ['Authorization', 'Bearer agent'],
    ['Audit-ID', 'theirs'],
    ['traceparent', '00-a'],
    ['Cookie', 'a=b'],
    ['Forwarded', 'for=a'],
    ['X-Forwarded-For', 'a'],
    ['User-Agent', 'kubectl/v1'],
    ['Kubectl-Session', 's-1'],
    ['If-None-Match', '"e"'],
  ].flat();
  expect(sent(said)).toEqual({
    host: 'api:443',
    'user-agent': 'kubectl/v1',
    'if-none-match': '"e"',
    'kubectl-session': 's-1',
    accept: 'application/json',
    'accept-encoding': 'identity',
    'audit-id': 'our-id',
    authorization: 'Bearer real',
  });
});

test.each([
  ['gzip', 'gzip'],
  ['deflate, gzip;q=0.5', 'gzip'],
  ['br', 'identity'],
  ['gzip;q=0', 'identity'],
  ['gzip; q=0.0', 'identity'],
  ['xgzip', 'identity'],
])('Accept-Encoding %s becomes %s', (asked, said) => {
  expect(sent(['Accept-Encoding', asked])['accept-encoding']).toBe(said);
  expect(sent(['Accept-Encoding', asked], { compressed: false })['accept-encoding']).toBe('identity');
});

test('a client certificate goes without Authorization, a body with its length', () => {
  const headers = sent(['Authorization', 'Bearer agent'], { presented: { kind: 'presented' }, bodyBytes: 0 });
  expect(headers.authorization).toBeUndefined();
  expect(headers['content-length']).toBe('0');
});

test('an API server says no more to an agent than the list allows, and says twice what it said twice', () => {
  const raw = [
    'Warning',
    '299 - "a"',
    'Location',
    'https://x',
    'Set-Cookie',
    'a',
    'warning',
    '299 - "b"',
    'Audit-Id',
    'i',
  ];
  expect(headersToAgent(raw)).toEqual([
    ['warning', ['299 - "a"', '299 - "b"']],
    ['audit-id', ['i']],
  ]);
  expect(headersToAgent(raw, (header) => header.includes('b'))).toEqual([
    ['warning', ['299 - "b"']],
    ['audit-id', ['i']],
  ]);
});
