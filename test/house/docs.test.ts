// What the pages name must be there: links, and the tests of the threat model.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((page) => page !== '');

test.each(pages)('every link of %s leads to a file', (page) => {
  const links = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(
    ([, target = '']) => target,
  );
  const files = links
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => join(dirname(page), target));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test('every test that the threat model names is there', () => {
  const named = readFileSync('docs/threat-model.md', 'utf8').match(/[\w/-]+\.test\.ts/g) ?? [];
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});

const FOLDERS = [
  'policy',
  'masking',
  'wire',
  'telemetry',
  'sidecar',
  'injector',
  'ca',
  'controller',
  'cli',
  'charts/chaperone',
  'test',
  'bench',
];

test.each(FOLDERS)('%s has its one page', (folder) => {
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/^## What it promises$/m);
});
