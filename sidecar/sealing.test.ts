import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSealing } from './sealing.ts';

const key = Buffer.alloc(32, 7);
const sealing = createSealing(key);

test('what was sealed opens again, also after a restart, and nothing in it can be read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), (text) => {
      const sealed = sealing.seal(text, 'pods');
      expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(createSealing(key).open(sealed, 'pods')).toBe(text);
    }),
  );
  const sealed = Buffer.from(sealing.seal('start: vault', 'pods'), 'base64url').toString('latin1');
  expect(sealed).not.toContain('vault');
});

test('its length does not tell that of a name, and no two are alike', () => {
  const tokens = ['a', 'a', 'a'.repeat(253), '\u0080'.repeat(255)].map((text) => sealing.seal(text, ''));
  expect(new Set(tokens.map(({ length }) => length)).size).toBe(1);
  expect(new Set(tokens).size).toBe(4);
});

test('nothing else opens: another pod, another list, a byte changed, what was never sealed', () => {
  const sealed = sealing.seal('token', 'pods');
  expect(createSealing(Buffer.alloc(32, 8)).open(sealed, 'pods')).toBeUndefined();
  expect(sealing.open(sealed, 'secrets')).toBeUndefined();
  for (const foreign of ['', 'x', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ', sealed.slice(0, -4), `${sealed}AAAA`])
    expect(sealing.open(foreign, 'pods')).toBeUndefined();
  const bytes = Buffer.from(sealed, 'base64url');
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(sealing.open(changed.toString('base64url'), 'pods'), `byte ${at}`).toBeUndefined();
  }
});
