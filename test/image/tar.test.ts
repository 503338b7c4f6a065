import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type TarEntry, tar } from './tar.ts';

/** The machine's own tar is the judge. */
function machineTar(pieces: readonly Buffer[], ...args: readonly string[]): string {
  return execFileSync('tar', args, { input: Buffer.concat(pieces), encoding: 'utf8' });
}
const file = (path: string, text = ''): TarEntry => ({ kind: 'file', path, data: Buffer.from(text) });

test('is the same bytes in whatever order the entries come', () => {
  const entries = [
    file('/b/two', 'x'),
    file('/a', 'y'),
    { kind: 'symlink', path: '/c', target: 'a' } as const,
  ];
  expect(Buffer.concat(tar(entries))).toEqual(Buffer.concat(tar(entries.toReversed())));
});

test('lists parents before what is in them, each once', () => {
  const archive = tar([
    file('/usr/lib/one'),
    file('/usr/lib/two'),
    { kind: 'directory', path: '/usr', mode: 0o700 },
  ]);
  expect(machineTar(archive, '-tf', '-')).toBe('usr/\nusr/lib/\nusr/lib/one\nusr/lib/two\n');
});

test.for([0, 1, 511, 512, 513])('gives back a file of %i bytes', (size) => {
  const archive = tar([file('before', 'b'), file('it', 'x'.repeat(size)), file('later', 'l')]);
  expect(machineTar(archive, '-xOf', '-', 'it')).toBe('x'.repeat(size));
  expect(Buffer.concat(archive).length % 512).toBe(0);
});

test('keeps a path of up to 255 bytes and refuses what it would have to cut', () => {
  const long = `${'d'.repeat(80)}/${'e'.repeat(70)}/${'f'.repeat(100)}`;
  expect(machineTar(tar([file(long, 'deep')]), '-xOf', '-', long)).toBe('deep');
  expect(() => tar([file('f'.repeat(101))])).toThrow('too long for a tar header');
  expect(() => tar([{ kind: 'symlink', path: 'link', target: 't'.repeat(101) }])).toThrow('too long');
});
