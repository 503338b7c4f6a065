import { expect, test } from 'vitest';
import { gathered } from './gathered.ts';

/** Runs that a test ends, in the order in which they began. */
function runs() {
  const begun: {
    readonly key: string;
    readonly all: readonly string[];
    readonly end: PromiseWithResolvers<string>;
  }[] = [];
  const ask = gathered((key: string, all: readonly string[]) => {
    const end = Promise.withResolvers<string>();
    begun.push({ key, all, end });
    return end.promise;
  });
  const seen = () => begun.map(({ key, all }) => [key, ...all]);
  return { ask, seen, end: (at: number) => begun[at]?.end };
}
const settled = () => new Promise(setImmediate);

test('one run at a time for a key, the next one with all that was asked meanwhile', async () => {
  const { ask, seen, end } = runs();
  const first = ask('x', 'a');
  await settled();
  const next = [ask('x', 'b'), ask('x', 'c'), ask('y', 'd')];
  await settled();
  expect(seen()).toEqual([
    ['x', 'a'],
    ['y', 'd'],
  ]);
  end(0)?.resolve('one');
  end(1)?.resolve('other');
  expect(await first).toBe('one');
  await settled();
  expect(seen()[2]).toEqual(['x', 'b', 'c']);
  end(2)?.resolve('two');
  expect(await Promise.all(next)).toEqual(['two', 'two', 'other']);
});

test('a run that fails, fails those that asked for it and no one after', async () => {
  const { ask, end } = runs();
  const first = ask('x', 'a');
  await settled();
  const next = ask('x', 'b');
  end(0)?.reject(new Error('lost'));
  await expect(first).rejects.toThrow('lost');
  await settled();
  end(1)?.resolve('two');
  expect(await next).toBe('two');
});

test('runs of different keys wait for each other where they have the same turn', async () => {
  const { ask, seen, end } = runs();
  const first = ask('x', 'a', 'turn');
  await settled();
  const next = [ask('y', 'b', 'turn'), ask('y', 'c', 'turn'), ask('z', 'd')];
  await settled();
  expect(seen()).toEqual([
    ['x', 'a'],
    ['z', 'd'],
  ]);
  end(0)?.reject(new Error('lost'));
  await expect(first).rejects.toThrow('lost');
  await settled();
  expect(seen()[2]).toEqual(['y', 'b', 'c']);
  for (const at of [1, 2]) end(at)?.resolve('done');
  expect(await Promise.all(next)).toEqual(['done', 'done', 'done']);
});
