import { expect, test } from 'vitest';
import { createLedger } from './ledger.ts';

test('no share takes more than a quarter, and all together no more than there is', () => {
  const ledger = createLedger(400);
  expect(ledger.take({ share: 'a', bytes: 100 })).toBe(true);
  expect(ledger.take({ share: 'a', bytes: 1 })).toBe(false);
  for (const share of ['b', 'c', 'd']) expect(ledger.take({ share, bytes: 100 })).toBe(true);
  expect(ledger.take({ share: 'e', bytes: 1 })).toBe(false);
});

test('a look finds what is there, and forgets nothing that was taken meanwhile', () => {
  const ledger = createLedger(400);
  ledger.take({ share: 'a', bytes: 100 });
  const end = ledger.look();
  ledger.take({ share: 'b', bytes: 60 });
  end([{ share: 'a', bytes: 20 }]);
  expect(ledger.take({ share: 'a', bytes: 81 })).toBe(false);
  expect(ledger.take({ share: 'a', bytes: 80 })).toBe(true);
  expect(ledger.take({ share: 'b', bytes: 41 })).toBe(false);
  ledger.look()([]);
  expect(ledger.take({ share: 'b', bytes: 100 })).toBe(true);
});

test('asks for a look before much is taken that nobody else has seen', () => {
  const ledger = createLedger(6400);
  ledger.take({ share: 'a', bytes: 100 });
  expect(ledger.isStale).toBe(false);
  const end = ledger.look();
  ledger.take({ share: 'a', bytes: 60 });
  expect(ledger.isStale).toBe(true);
  end([{ share: 'a', bytes: 100 }]);
  expect(ledger.isStale).toBe(false);
  ledger.take({ share: 'a', bytes: 41 });
  expect(ledger.isStale).toBe(true);
});
