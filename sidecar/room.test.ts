import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRoom } from './room.ts';

test('all together never hold more than the room, less is always granted, and what was refused changed nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(60))), (asked) => {
      const room = createRoom(100);
      const holds = Array.from({ length: 4 }, room);
      const held = [0, 0, 0, 0];
      for (const [who, bytes] of asked) {
        const others = held.reduce((sum, it) => sum + it, 0) - (held[who] ?? 0);
        const fits = bytes <= (held[who] ?? 0) || others + bytes <= 100;
        expect(holds[who]?.(bytes)).toBe(fits);
        if (fits) held[who] = bytes;
      }
      for (const hold of holds) hold(0);
      expect(room()(100)).toBe(true);
    }),
  );
});
