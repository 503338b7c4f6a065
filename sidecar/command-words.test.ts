import { expect, test } from 'vitest';
import { compilePatterns } from '../masking/patterns/compile.ts';
import { hideInCommand } from './command-words.ts';

const patterns = compilePatterns({
  wellKnown: true,
  patterns: [
    { name: 'pin', pattern: 'pin=(?P<hide>[0-9]+)' },
    { name: 'password', pattern: '--password[ =](?P<hide>\\S+)' },
  ],
});

test.each([
  ['a word', ['login', 'pin=1234', 'x'], ['login', 'pin=(hidden by chaperone: pin)', 'x']],
  [
    'a word by the one before it',
    ['db', '--password', 'a', 'b'],
    ['db', '--password', '(hidden by chaperone: password)', 'b'],
  ],
  ['nothing', ['sh', '-c', 'ls  -l'], ['sh', '-c', 'ls  -l']],
  ['empty words', ['', 'pin=1', ''], ['', 'pin=(hidden by chaperone: pin)', '']],
  [
    'what goes over words',
    ['a-----BEGIN PRIVATE KEY-----', 'MII', '-----END PRIVATE KEY-----b'],
    ['a', '', ''].map((left, at) => `${left}(hidden by chaperone: private-key)${at === 2 ? 'b' : ''}`),
  ],
  ['no words', [], []],
])('hides %s', (_what, words, shown) => {
  expect(hideInCommand(patterns, words)).toEqual(shown);
});

test('hides nothing where a policy hides nothing', () => {
  expect(hideInCommand(undefined, ['pin=1'])).toEqual(['pin=1']);
});
