import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { boundConnections, slots } from './slots.ts';

test('one holder takes no more than its share, all no more than there are', () => {
  const places = slots({ all: 3, each: 2 });
  const taken = ['a', 'a', 'a', 'b', 'b'].map((holder) => places.take(holder) !== undefined);
  expect(taken).toEqual([true, true, false, true, false]);
});

test('many places are taken at once or not at all', () => {
  const places = slots({ all: 5, each: 3 });
  expect(places.take('a', 4)).toBeUndefined();
  const giveBack = places.take('a', 3);
  expect(places.take('b', 3)).toBeUndefined();
  giveBack?.();
  expect(places.take('b', 3)).toBeDefined();
});

test('a place that is given back, however often, is one place', () => {
  const places = slots({ all: 1, each: 1 });
  const giveBack = places.take('a');
  giveBack?.();
  giveBack?.();
  expect(places.take('b')).toBeDefined();
  expect(places.take('c')).toBeUndefined();
});

test('a connection too many from one address is closed, and one from another is not', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).write('welcome'));
  boundConnections(server, { all: 4, each: 2 });
  server.listen(0, '127.61.44.9');
  await once(server, 'listening');
  const { port, address } = server.address() as AddressInfo;
  const open = (localAddress: string) => connect({ host: address, port, localAddress });
  const own = ['127.61.44.10', '127.61.44.10', '127.61.44.11'].map(open);
  await Promise.all(own.map((each) => once(each, 'data')));

  const excess = open('127.61.44.10').on('error', () => {});
  await once(excess.resume(), 'close');
  own[0]?.destroy();
  await expect
    .poll(async () => {
      const again = open('127.61.44.10').on('error', () => {});
      const heard = await Promise.race([once(again, 'data'), once(again, 'close')]);
      again.destroy();
      return String(heard[0]);
    })
    .toBe('welcome');
  for (const each of own) each.destroy();
  server.close();
});

test('a peer that is known leaves its place at its address to others, and is counted among all', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).write('welcome'));
  const connections = boundConnections(server, { all: 3, each: 1 });
  server.on('connection', (socket) => connections.isKnown(socket));
  server.listen(0, '127.61.44.9');
  await once(server, 'listening');
  const { port, address } = server.address() as AddressInfo;
  const open = () => connect({ host: address, port, localAddress: '127.61.44.10' }).on('error', () => {});
  const known = [open(), open(), open()];
  await Promise.all(known.map((each) => once(each, 'data')));
  await once(open().resume(), 'close');
  for (const each of known) each.destroy();
  server.close();
});
