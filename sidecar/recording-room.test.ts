import { expect, test } from 'vitest';
import { createHeldBytes } from './recording-room.ts';

test('says what one recording holds, and of all together once they hold too much', () => {
  const room = createHeldBytes(100);
  const [one, other] = [room.share(), room.share()];
  one.hold(60);
  other.hold(30);
  expect([one.held(), other.held()]).toEqual([60, 30]);
  other.hold(20);
  expect([one.held(), other.held()]).toEqual([110, 110]);
  one.release(60);
  expect([one.held(), other.held()]).toEqual([0, 50]);
});

test('whoever waits goes on when it is below its bound, or has ended', async () => {
  const room = createHeldBytes(100);
  const [one, other] = [room.share(), room.share()];
  one.hold(50);
  const order: string[] = [];
  const waiting = one.below(40).then(() => order.push('below'));
  one.release(5);
  await Promise.resolve();
  expect(order).toEqual([]);
  one.release(10);
  await waiting;
  other.hold(200);
  const failed = one.below(40).then(() => order.push('over'));
  one.giveBack();
  await failed;
  expect(order).toEqual(['below', 'over']);
});

test('nothing is given back twice', () => {
  const room = createHeldBytes(100);
  const [one, other] = [room.share(), room.share()];
  other.hold(90);
  one.hold(20);
  one.giveBack();
  one.release(20);
  expect(other.held()).toBe(90);
});
