import { describe, expect, test } from 'vitest';
import { newName, readName, shareOf } from './names.ts';

const uid = (n: number) => `0b9f0a52-0c1e-4f5f-8f0e-00000000000${n}`;

describe('the name of a part', () => {
  const share = shareOf({ namespace: 'agents', serviceAccount: 'bot', uid: uid(0) });

  test('is of one form, and read back as it was made', () => {
    const part = { share, uid: uid(1), id: uid(2) };
    const [one, two] = [newName(part), newName(part)];
    expect(one).not.toBe(two);
    expect(readName(one)).toEqual(part);
  });

  test.each([['../../etc/passwd'], [`${uid(1)}/../x`], [uid(1).toUpperCase()], [`${uid(1)}\0`], ['']])(
    'cannot be made of %j',
    (id) => {
      expect(() => newName({ share, uid: uid(1), id })).toThrow();
      expect(() => newName({ share, uid: id, id: uid(1) })).toThrow();
    },
  );

  test('tells two ServiceAccounts apart, however they are cut', () => {
    const share = (namespace: string, serviceAccount: string) =>
      shareOf({ namespace, serviceAccount, uid: '' });
    expect(new Set([share('a', 'b'), share('ab', ''), share('a', 'b.c'), share('a-b', 'c')]).size).toBe(4);
  });
});
