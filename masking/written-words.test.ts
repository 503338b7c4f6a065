import { expect, test } from 'vitest';
import { isKnownWarning } from './written-words.ts';

test.each([
  '299 - "unknown field \\"dta\\""',
  '299 - "unknown field \\"metadata.labels.a/b\\""',
  '299 - "json patch duplicate field \\"[0].op\\""',
  '299 - ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: 0b9f, 1c2d"',
])('is shown: %s', (header) => {
  expect(isKnownWarning(header)).toBe(true);
});

test.each([
  '299 - "tls: private key does not match public key"',
  '299 - "unknown field \\"dta\\": HUNTER-TWO"',
  '299 - "HUNTER-TWO unknown field \\"dta\\""',
  '299 - "unknown field \\"dta\\"" "HUNTER-TWO"',
  '299 - "unknown field HUNTER-TWO"',
  `299 - "Validation failed for ValidatingAdmissionPolicy 'a' with binding 'b': HUNTER-TWO"`,
  '',
])('is not shown: %s', (header) => {
  expect(isKnownWarning(header)).toBe(false);
});
