import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printTarget } from './canonical.ts';
import { MAX_TARGET_BYTES, readTarget } from './target.ts';

const refusals: Record<string, string> = {
  'the empty target': '',
  'an absolute form': 'https://10.0.0.1/api/v1/pods',
  'an authority form': 'kubernetes:443',
  'an asterisk': '*',
  'an empty inner segment': '/api/v1/namespaces//secrets',
  'an empty first segment': '//api/v1/pods',
  'two trailing slashes': '/api/v1/pods//',
  'a dot segment': '/api/./v1/pods',
  'a dot-dot segment': '/api/v1/namespaces/shop/../kube-system/secrets',
  'an encoded dot-dot segment': '/api/v1/namespaces/shop/%2e%2e/kube-system/secrets',
  'an encoded slash': '/api/v1/namespaces/shop/pods/a%2Fexec',
  'an encoded backslash in the path': '/api/v1/namespaces/shop%5Cpods',
  'a backslash': '/api/v1\\namespaces/shop/pods',
  'a percent sign left after one decoding': '/api/v1/namespaces/shop/pods/%252e%252e',
  'a bad percent pair in the path': '/api/v1/pods/%zz',
  'a bad percent pair in the query': '/api/v1/pods?watch=%2',
  'a path that is not UTF-8': '/api/v1/pods/%c3%28',
  'an overlong UTF-8 slash': '/api/v1/pods%c0%afexec',
  'a query that is not UTF-8': '/api/v1/pods?fieldSelector=%ff',
  'an encoded NUL in the path': '/api/v1/pods/a%00',
  'an encoded newline in the query': '/api/v1/pods?fieldSelector=a%0A',
  'an encoded direction mark': '/api/v1/pods/a%E2%80%AEb',
  'a raw space': '/api/v1/pods/a b',
  'a raw control character': '/api/v1/pods/a\r\nHost: x',
  'a raw byte beyond ASCII': '/api/v1/pods/ü',
  'a semicolon in the path': '/api/v1/pods;x=y',
  'an encoded semicolon in the path': '/api/v1/pods%3Bx',
  'a semicolon in the query': '/api/v1/pods?limit=1;watch=true',
  'a fragment': '/api/v1/pods#frag',
  'a parameter without a name': '/api/v1/pods?=x',
  'a parameter that stands twice': '/api/v1/pods?watch=0&watch=1',
  'a parameter that stands twice, once encoded': '/api/v1/pods?watch=0&%77atch=1',
  'an overlong target': `/${'a'.repeat(MAX_TARGET_BYTES)}`,
};

test.each(Object.entries(refusals))('refuses %s', (_, raw) => {
  expect(readTarget(raw)).toMatchObject({ kind: 'malformed', why: expect.stringMatching(/^it/) });
});

test('reads the root, and tells whether a slash follows the last segment', () => {
  expect(readTarget('/')).toEqual({ kind: 'target', segments: [], slash: false, query: [] });
  expect(readTarget('/apis/')).toEqual({ kind: 'target', segments: ['apis'], slash: true, query: [] });
  expect(readTarget('/apis?x=/')).toMatchObject({ segments: ['apis'], slash: false });
});

test('reads a query as Go does: plus is a space, a bare name has the empty value, empty pieces are skipped', () => {
  expect(readTarget('/x?labelSelector=a+in+(b)&&watch&command=sh&command=-c&')).toMatchObject({
    query: [
      ['labelSelector', 'a in (b)'],
      ['watch', ''],
      ['command', 'sh'],
      ['command', '-c'],
    ],
  });
});

test('takes an argv of several lines, and no other parameter of several', () => {
  expect(readTarget('/x?command=a%0Ab').kind).toBe('target');
  expect(readTarget('/x?container=a%0Ab').kind).toBe('malformed');
});

test('takes a target of nine kilobytes', () => {
  expect(readTarget(`/api/v1/pods?labelSelector=a+in+(${'b'.repeat(9000)})`).kind).toBe('target');
});

const path = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { maxLength: 9 });
const word = fc.string({ unit: 'grapheme', maxLength: 20 });
const query = fc.array(fc.tuple(word, word), { maxLength: 6 });

test('reads what it printed as the same segments and pairs', () => {
  fc.assert(
    fc.property(path, fc.boolean(), query, (segments, slash, pairs) => {
      const read = readTarget(printTarget(segments, pairs, slash && segments.length > 0));
      if (read.kind === 'malformed') return;
      expect(read).toEqual({ kind: 'target', segments, slash: slash && segments.length > 0, query: pairs });
      expect(readTarget(printTarget(read.segments, read.query, read.slash))).toEqual(read);
    }),
  );
});

const nasty = fc.array(
  fc.oneof(
    fc.constantFrom(
      '/',
      '.',
      '..',
      '%',
      '%2f',
      '%2F',
      '%5c',
      '%25',
      '%00',
      '%0a',
      ';',
      '\\',
      '?',
      '&',
      '=',
      '#',
      ' ',
      '\t',
    ),
    fc.constantFrom('api', 'v1', 'namespaces', 'pods', 'watch', '%2e', '%c3%a9', 'é', '\u0000'),
  ),
  { maxLength: 14 },
);

test('never accepts a segment that Go or a file system would read as something else', () => {
  fc.assert(
    fc.property(nasty, (pieces) => {
      const read = readTarget(`/${pieces.join('')}`);
      if (read.kind === 'malformed') return;
      for (const segment of read.segments) {
        expect(segment).not.toMatch(/[\\/%;\p{C}]/u);
        expect(['', '.', '..']).not.toContain(segment);
      }
    }),
    { numRuns: 2000 },
  );
});

const ordinary = fc
  .array(fc.constantFrom('a', 'z', '0', '-', '_', '~', '.b', '/c', '%41', ':', '@'), { maxLength: 12 })
  .map((pieces) => pieces.join(''));

test('never accepts a raw target with a forbidden byte', () => {
  fc.assert(
    fc.property(
      ordinary,
      fc.nat(),
      fc.constantFrom(
        '\\',
        ';',
        '#',
        ' ',
        '\t',
        '\r',
        '\n',
        '\u0000',
        '\u007f',
        'é',
        '%',
        '%g0',
        '%2',
        '//',
        '/./',
        '/../',
      ),
      (valid, at, forbidden) => {
        const cut = at % (valid.length + 1);
        const raw = `/x${valid.slice(0, cut)}${forbidden}/${valid.slice(cut).replace(/^[0-9a-fA-F]{1,2}/, '')}`;
        expect(readTarget(raw).kind).toBe('malformed');
      },
    ),
  );
});
