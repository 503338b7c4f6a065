import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serviceAccountToken } from './credential.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'credential-'));
  path = join(folder, 'token');
});
afterEach(() => rmSync(folder, { recursive: true }));

function setup() {
  const clock = { nowMs: 0 };
  const credential = serviceAccountToken(path, { monotonicMs: () => clock.nowMs, wallMs: () => 0 });
  const shown = async () => {
    const presented = await credential.present();
    return presented === undefined ? 'unreadable' : presented.bearer;
  };
  return { clock, shown };
}

describe('the token of a ServiceAccount', () => {
  test('is presented without the white space around it', async () => {
    writeFileSync(path, 'header.claims.signature\n');
    expect(await setup().shown()).toBe('header.claims.signature');
  });

  test('is taken up anew within a second of its rotation', async () => {
    const { clock, shown } = setup();
    writeFileSync(path, 'old');
    expect(await shown()).toBe('old');
    writeFileSync(path, 'new');
    clock.nowMs = 999;
    expect(await shown()).toBe('old');
    clock.nowMs = 1000;
    expect(await shown()).toBe('new');
  });

  test('that is gone is not presented from memory', async () => {
    const { clock, shown } = setup();
    writeFileSync(path, 'old');
    await shown();
    rmSync(path);
    clock.nowMs = 1000;
    expect(await shown()).toBe('unreadable');
    writeFileSync(path, 'back');
    expect(await shown()).toBe('back');
  });

  test.each([
    ['empty', ''],
    ['of white space', ' \n'],
    ['of two lines', 'a\nb'],
    ['of header bytes', 'a\r\nImpersonate-User: b'],
    ['of other letters', 'tokén'],
    ['far too long', 'a'.repeat(17 * 1024)],
  ])('is unreadable where the file is %s', async (_, content) => {
    writeFileSync(path, content);
    expect(await setup().shown()).toBe('unreadable');
  });
});
