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

test('wants a look before much is taken that nobody else has seen, and lets who took it wait for it', () => {
  const ledger = createLedger(64 * 400);
  ledger.take({ share: 'a', bytes: 50 });
  expect([ledger.wants('a'), ledger.wants('b')]).toEqual(['nothing', 'nothing']);
  ledger.take({ share: 'a', bytes: 1 });
  expect([ledger.wants('a'), ledger.wants('b')]).toEqual(['look', 'nothing']);
  const end = ledger.look();
  ledger.take({ share: 'a', bytes: 50 });
  expect([ledger.wants('a'), ledger.wants('b')]).toEqual(['lookFirst', 'nothing']);
  end([{ share: 'a', bytes: 50 }]);
  expect(ledger.wants('a')).toBe('nothing');
  ledger.take({ share: 'a', bytes: 51 });
  expect(ledger.wants('a')).toBe('lookFirst');
});

test('many shares together take no more that nobody else has seen than what is for all', () => {
  const ledger = createLedger(64 * 400);
  for (const share of ['a', 'b', 'c', 'd']) ledger.take({ share, bytes: 50 });
  expect(ledger.wants('e')).toBe('nothing');
  ledger.take({ share: 'e', bytes: 50 });
  expect(ledger.wants('f')).toBe('look');
  for (const share of ['f', 'g', 'h', 'i']) ledger.take({ share, bytes: 50 });
  expect(ledger.wants('j')).toBe('lookFirst');
});
