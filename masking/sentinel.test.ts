import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsSentinel, SENTINEL_FORMS, SENTINEL_MARKER, sentinel } from './sentinel.ts';
import { testHash } from './test-bodies.ts';

const hash = testHash('k');

describe('a sentinel', () => {
  it('is a sentence of one length whose base64 needs no padding', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (uid, key) => {
        const sentence = sentinel(hash, uid, 'data', key);
        expect(sentence).toMatch(/^chaperone: hidden value [0-9a-f]{36}$/);
        expect(btoa(sentence)).toMatch(/^[A-Za-z0-9]{80}$/);
      }),
    );
  });

  it('is the same for the same value and another for another object, key, part or hash', () => {
    const here = sentinel(hash, 'u1', 'data', 'a');
    expect(sentinel(hash, 'u1', 'data', 'a')).toBe(here);
    const others = [
      sentinel(hash, 'u2', 'data', 'a'),
      sentinel(hash, 'u1', 'data', 'b'),
      sentinel(hash, 'u1', 'annotation', 'a'),
      sentinel(testHash('other'), 'u1', 'data', 'a'),
      sentinel(hash, 'u1","a', 'data', ''),
    ];
    expect(new Set([here, ...others]).size).toBe(6);
  });

  it('is not made from a hash that is too short', () => {
    expect(() => sentinel(() => 'abc', 'u', 'data', 'k')).toThrow('36');
  });
});

describe('holdsSentinel', () => {
  const ascii = fc.string({ unit: fc.constantFrom(...'abcXYZ019 :/+=-\n') });
  const sentence = fc.string().map((key) => sentinel(hash, 'u', 'data', key));

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

  it('knows it cut short and folded over lines', () => {
    expect(holdsSentinel(SENTINEL_MARKER.trimEnd())).toBe(true);
    expect(holdsSentinel('chaperone:\n  hidden\n  value 12')).toBe(true);
  });

  it('costs less on spaced text than to take the spaces out, and never more than its length', () => {
    const size = 4_000_000;
    const fastest = (run: () => unknown) => {
      const runs = [1, 2, 3].map(() => {
        const started = performance.now();
        run();
        return performance.now() - started;
      });
      return Math.min(...runs);
    };
    for (const text of ['a ', 'c '].map((it) => it.repeat(size / 2))) {
      expect(holdsSentinel(text)).toBe(false);
      expect(fastest(() => holdsSentinel(text))).toBeLessThan(fastest(() => text.replace(/\s+/g, '')));
    }
    const gap = ' '.repeat(5000);
    for (const text of ['chaperone: hiddenvalu ', `c${gap}h${gap}`, `c${' '.repeat(size - 1)}`])
      expect(fastest(() => holdsSentinel(text.repeat(size / text.length)))).toBeLessThan(1000);
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
