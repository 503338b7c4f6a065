import { expect, test } from 'vitest';
import { proofText } from './proof.ts';

const proof = {
  purpose: 'identity',
  tokenSha256: 'a'.repeat(64),
  controllerSha256: 'b'.repeat(64),
  timeMs: 1_700_000_000_000,
} as const;

test('prints the text that every release signs and verifies', () => {
  expect(proofText(proof)).toBe(
    'chaperone enrolment proof v1\n' +
      'purpose identity\n' +
      `token sha256 ${'a'.repeat(64)}\n` +
      `controller sha256 ${'b'.repeat(64)}\n` +
      'time ms 1700000000000\n',
  );
});

test.each([
  { purpose: 'loopback' as const },
  { tokenSha256: 'c'.repeat(64) },
  { controllerSha256: 'a'.repeat(64), tokenSha256: 'b'.repeat(64) },
  { timeMs: 1_700_000_000_001 },
])('prints another text for %o', (change) => {
  expect(proofText({ ...proof, ...change })).not.toBe(proofText(proof));
});
