import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ARROWS, importsOf, violations } from './arrows.ts';

const list = (...flags: string[]) =>
  execFileSync('git', ['ls-files', ...flags, '*.ts'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '');
const deleted = new Set(list('--deleted'));
const tracked = list('--cached', '--others', '--exclude-standard').filter((file) => !deleted.has(file));

describe('the import arrows of the house', () => {
  test('hold in every TypeScript file that git lists', () => {
    const read = tracked.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
    // A reader that understands nothing would find nothing wrong.
    const understood = read.filter(({ text }) => importsOf(text).length > 0);
    const importing = read.filter(({ text }) => /^import\b/m.test(text));
    expect(understood.length).toBeGreaterThanOrEqual(importing.length);
    expect(importing.length).toBeGreaterThan(300);
    expect(read.flatMap(({ file, text }) => violations(file, text))).toEqual([]);
  });

  test('name every folder that holds TypeScript', () => {
    const rooms = new Set(
      tracked.map((file) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '.')),
    );
    expect([...rooms].filter((room) => !(room in ARROWS))).toEqual([]);
  });

  test.each([
    ['policy/a.ts', "import { x } from '../sidecar/b.ts';"],
    ['policy/a.ts', "import type { X } from '../sidecar/b.ts';"],
    ['policy/a.ts', "export { x } from '../telemetry/b.ts';"],
    ['policy/deep/a.ts', "import { x } from '../../masking/b.ts';"],
    ['masking/a.ts', "import { createHash } from 'node:crypto';"],
    ['sidecar/a.ts', "import { x } from '../ca/b.ts';"],
    ['sidecar/a.ts', "await import('@kubernetes/client-node');"],
    ['ca/a.ts', "import { x } from '../injector/b.ts';"],
    ['injector/a.ts', "import { x } from '../controller/b.ts';"],
  ])('catch a violation planted in %s: %s', (file, text) => {
    expect(violations(file, text)).toHaveLength(1);
  });

  test('let a test of a pure folder use Node, but not another room', () => {
    expect(violations('policy/a.test.ts', "import { readFileSync } from 'node:fs';")).toEqual([]);
    expect(violations('policy/a.test.ts', "import { x } from '../sidecar/b.ts';")).toHaveLength(1);
  });
});
