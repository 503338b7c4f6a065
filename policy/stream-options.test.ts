import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readApiRequest } from './api-request.ts';
import { resourceRequestOf } from './fixtures.ts';

const web = '/api/v1/namespaces/shop/pods/web';
const QUIET = { stdin: false, stdout: false, stderr: false, tty: false };

const optionsOf = (target: string, method = 'GET') => resourceRequestOf(method, `${web}/${target}`).stream;
const whyNot = (target: string, method = 'POST'): string => {
  const read = readApiRequest(method, `${web}/${target}`);
  return read.kind === 'refusal' ? `${read.code}: ${read.message}` : 'it is read';
};

describe('what a stream asks for', () => {
  test('is the same by GET and by POST, with the verb that RequestInfo gives each', () => {
    const asked = 'exec?command=ls&command=-l&container=app&stdout=true';
    const options = {
      kind: 'exec',
      container: 'app',
      command: ['ls', '-l'],
      ...QUIET,
      stdout: true,
    };
    expect(resourceRequestOf('GET', `${web}/${asked}`)).toMatchObject({ verb: 'get', stream: options });
    expect(resourceRequestOf('POST', `${web}/${asked}`)).toMatchObject({ verb: 'create', stream: options });
  });

  test('of an attach has no command, of a port-forward only ports, in the order of the query', () => {
    expect(optionsOf('attach?container=app&stdin=1&tty')).toEqual({
      kind: 'attach',
      container: 'app',
      command: [],
      ...QUIET,
      stdin: true,
      tty: true,
    });
    expect(optionsOf('portforward?ports=443,80&ports=443')).toEqual({
      kind: 'portforward',
      ports: [443, 80, 443],
    });
    expect(optionsOf('portforward')).toEqual({ kind: 'portforward', ports: [] });
  });

  test.each([
    ['tty', true],
    ['tty=', true],
    ['tty=true', true],
    ['tty=no', true],
    ['tty=0', false],
    ['tty=false', false],
    ['tty=FALSE', false],
    ['', false],
  ])('as the API server reads a flag: %j is %s', (query, tty) => {
    expect(optionsOf(`attach?${query}`)).toMatchObject({ tty });
  });

  test('an empty container is none', () => {
    expect(optionsOf('attach?container=')).not.toHaveProperty('container');
  });

  test('of nothing but GET and POST of the three in the core group', () => {
    for (const method of ['HEAD', 'PUT', 'PATCH', 'DELETE'])
      expect(optionsOf('exec?command=ls', method)).toBeUndefined();
    for (const target of [
      `${web}/log?command=ls`,
      `${web}/proxy?ports=1`,
      '/api/v1/watch/namespaces/shop/pods/web/exec?command=ls',
      '/api/v1/namespaces/shop/services/web/exec?command=ls',
      '/apis/pods.example.com/v1/namespaces/shop/pods/web/exec?command=ls',
    ])
      expect(resourceRequestOf('GET', target).stream).toBeUndefined();
  });
});

describe('what goes on', () => {
  test.each([
    [
      'exec?tty=1&stdin=yes&container=app&command=sh&stdout=0&command=-c&command=a%26b+c',
      'exec?command=sh&command=-c&command=a%26b%20c&container=app&stdin=true&tty=true',
    ],
    ['exec?stderr=false&command=', 'exec?command='],
    ['attach?stderr&container=', 'attach?stderr=true'],
    ['portforward?ports=80&ports=443', 'portforward?ports=80%2C443'],
    ['portforward?timeout=30s', 'portforward'],
    ['exec?timeout=soon&command=ls', 'exec?command=ls'],
  ])('is printed from it: %s', (asked, printed) => {
    const request = resourceRequestOf('POST', `${web}/${asked}`);
    expect(request.target).toBe(`${web}/${printed}`);
    expect(resourceRequestOf('POST', request.target)).toEqual(request);
  });

  test('reads back as the same options, whatever the words', () => {
    const word = fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0') && each.isWellFormed());
    const pairs = fc.tuple(
      fc.array(word, { maxLength: 5 }).map((words) => words.map((each) => ['command', each])),
      fc.constantFrom([], [['container', 'app']]),
      fc.subarray([
        ['tty', ''],
        ['stdin', 'x'],
        ['stdout', '0'],
      ]),
    );
    fc.assert(
      fc.property(pairs, (parts) => {
        const query = parts.flat().map(([name, value = '']) => `${name}=${encodeURIComponent(value)}`);
        const first = resourceRequestOf('GET', `${web}/exec?${query.join('&')}`);
        expect(first.stream).toMatchObject({ command: parts[0].map(([, each]) => each) });
        expect(resourceRequestOf('GET', first.target)).toEqual(first);
      }),
    );
  });
});

describe('what the API server passes over, or could read otherwise, is refused', () => {
  test.each([
    ['exec?command=ls&x=1', /has "x", which a stream does not take/],
    ['exec?Command=ls', /has "Command"/],
    ['exec?command=ls&ports=80', /has "ports"/],
    ['exec?watch=1', /has "watch"/],
    ['attach?command=ls', /has "command", which a stream/],
    ['portforward?container=app', /has "container", which a stream/],
    ['exec?container=app&container=db', /has "container" twice/],
    ['exec?tty=1&tty=0', /has "tty" twice/],
    ['exec?tty=fal%C5%BFe', /neither true nor false/],
    ['exec?command=cat%00', /zero byte/],
    ['exec?container=a%00', /unprintable/],
  ])('%s', (target, why) => {
    expect(whyNot(target)).toMatch(/^MalformedTarget/);
    expect(whyNot(target)).toMatch(why);
  });

  test.each(['', '0', '-1', '+80', '080', '65536', '99999', '1e3', ' 80', '80,', ',80', '80;81', 'http'])(
    'a port %j',
    (port) => {
      expect(whyNot(`portforward?ports=${encodeURIComponent(port)}`)).toMatch(/^MalformedTarget: .*ports/);
    },
  );

  test('more ports than a WebSocket has channels for', () => {
    expect(whyNot(`portforward?ports=${'1,'.repeat(127)}1`)).toBe('it is read');
    expect(whyNot(`portforward?ports=${'1,'.repeat(128)}1`)).toMatch(/more than 128 ports/);
  });
});
