import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  belongsTo,
  holdsSentinel,
  type Place,
  readSentinel,
  SENTINEL_FORMS,
  SENTINEL_MARKER,
  sentinel,
} from './sentinel.ts';
import { testHash } from './test-bodies.ts';

const hash = testHash('k');

const place = (key: string): Place => ({ part: 'data', key });
const at = (uid: string, resourceVersion = '7') => ({ uid, resourceVersion });
const version = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);

describe('a sentinel', () => {
  it('is a sentence of one length whose base64 needs no padding', () => {
    fc.assert(
      fc.property(fc.string(), version, fc.string(), (uid, resourceVersion, key) => {
        const sentence = sentinel(hash, { uid, resourceVersion }, place(key));
        expect(sentence).toMatch(/^chaperone: hidden value [0-9a-f]{48}$/);
        expect(btoa(sentence)).toMatch(/^[A-Za-z0-9]{96}$/);
      }),
    );
  });

  it('is the same for the same place and another for another version, object, key, part or hash', () => {
    const here = sentinel(hash, at('u1'), place('a'));
    expect(sentinel(hash, at('u1'), place('a'))).toBe(here);
    const others = [
      sentinel(hash, at('u1', '8'), place('a')).replace(/8(?=[0-9a-f]{32}$)/, '7'),
      sentinel(hash, at('u2'), place('a')),
      sentinel(hash, at('u1'), place('b')),
      sentinel(hash, at('u1'), { part: 'annotation', key: 'a' }),
      sentinel(testHash('other'), at('u1'), place('a')),
      sentinel(hash, at('u1","a'), place('')),
    ];
    expect(new Set([here, ...others]).size).toBe(7);
  });

  it.each([
    ['a hash that is too short', () => 'abc', '7'],
    ['a resourceVersion of more than 64 bits', hash, `${2n ** 64n}`],
    ['a resourceVersion that is no number', hash, 'x'],
  ])('is not made from %s', (_, hash, resourceVersion) => {
    expect(() => sentinel(hash, at('u', resourceVersion), place('k'))).toThrow();
  });

  it('says its version, and belongs to its own place of its own object alone', () => {
    fc.assert(
      fc.property(fc.string(), version, fc.string(), (uid, resourceVersion, key) => {
        const read = readSentinel(sentinel(hash, { uid, resourceVersion }, place(key)));
        if (read === undefined) throw new Error('not read');
        expect(read.version).toBe(resourceVersion);
        expect(belongsTo(hash, read, uid, place(key))).toBe(true);
        expect(belongsTo(hash, read, `${uid}x`, place(key))).toBe(false);
        expect(belongsTo(hash, read, uid, place(`${key}x`))).toBe(false);
        expect(belongsTo(hash, read, uid, { part: 'copy', key })).toBe(false);
        expect(belongsTo(testHash('other'), read, uid, place(key))).toBe(false);
        const later = { ...read, version: `${BigInt(resourceVersion) + 1n}` };
        expect(belongsTo(hash, later, uid, place(key))).toBe(false);
      }),
    );
  });

  it('is read whole or not at all', () => {
    const sentence = sentinel(hash, at('u1'), place('a'));
    const parts = [
      ` ${sentence}`,
      `${sentence}\n`,
      sentence.slice(0, -1),
      `${sentence}0`,
      sentence.toUpperCase(),
      '',
    ];
    for (const text of parts) expect(readSentinel(text)).toBeUndefined();
  });
});

describe('holdsSentinel', () => {
  const ascii = fc.string({ unit: fc.constantFrom(...'abcXYZ019 :/+=-\n') });
  const sentence = fc.string().map((key) => sentinel(hash, at('u'), place(key)));

  it('knows a sentinel within other text', () => {
    fc.assert(fc.property(ascii, sentence, ascii, (a, s, b) => holdsSentinel(a + s + b)));
  });

  it('knows it in base64 at every alignment, plain, URL-safe and wrapped', () => {
    fc.assert(
      fc.property(ascii, sentence, ascii, (a, s, b) => {
        const encoded = btoa(a + s + b);
        expect(holdsSentinel(encoded)).toBe(true);
        expect(holdsSentinel(encoded.replaceAll('+', '-').replaceAll('/', '_'))).toBe(true);
        expect(holdsSentinel(encoded.replace(/.{20}/g, '$&\n'))).toBe(true);
      }),
    );
  });

  it('knows it in two layers of base64', () => {
    fc.assert(fc.property(ascii, sentence, ascii, (a, s, b) => holdsSentinel(btoa(b + btoa(a + s + b) + a))));
  });

  it('knows it in a URL', () => {
    fc.assert(
      fc.property(ascii, sentence, ascii, (a, s, b) => {
        const text = a + s + b;
        const forms = [encodeURIComponent(text), encodeURI(text), `${new URLSearchParams({ text })}`];
        for (const form of forms) expect(holdsSentinel(form)).toBe(true);
      }),
    );
  });

  it('knows it cut short and folded over lines', () => {
    expect(holdsSentinel(SENTINEL_MARKER.trimEnd())).toBe(true);
    expect(holdsSentinel('chaperone:\n  hidden\n  value 12')).toBe(true);
  });

  it('costs on spaced text about what any other of its length costs', () => {
    const size = 2_000_000;
    /** Of CPU, which others at work on the machine hardly change; the least of several. */
    const cost = (text: string) => {
      const runs = [1, 2, 3, 4].map(() => {
        const before = process.cpuUsage();
        expect(holdsSentinel(text)).toBe(false);
        const { user, system } = process.cpuUsage(before);
        return user + system;
      });
      return Math.min(...runs);
    };
    const filled = (text: string) => text.repeat(size / text.length);
    const gap = ' '.repeat(5000);
    const plain = cost(filled('ab'));
    for (const text of [
      'a ',
      'c ',
      'chaperone: hiddenvalu ',
      'chaperone%3A+hidden+valu',
      `c${gap}h${gap}`,
      `c${' '.repeat(size - 1)}`,
    ])
      expect(cost(filled(text)) / plain).toBeLessThan(5);
  });

  it('lets other text be', () => {
    fc.assert(fc.property(fc.string(), (text) => !holdsSentinel(text)));
    expect(holdsSentinel('a chaperone: hidden from view')).toBe(false);
  });

  it('looks for forms that are free of the characters that URL-safe base64 replaces', () => {
    expect(SENTINEL_FORMS).toHaveLength(13);
    for (const form of SENTINEL_FORMS) expect(form).not.toMatch(/[+/=\s]/);
  });
});
