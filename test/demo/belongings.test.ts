import { expect, test } from 'vitest';
import { createBelongings } from './belongings.ts';

function noted(...outcomes: (readonly [what: string, stderr: string])[]) {
  const belongings = createBelongings();
  const removed: string[] = [];
  for (const [what, stderr] of outcomes) {
    const remove = async () => {
      removed.push(what);
      return { code: stderr === '' ? 0 : 1, stdout: '', stderr };
    };
    belongings.note({ what, remove, byHand: `kubectl delete ${what}` });
  }
  return { belongings, removed };
}

test('what was made last goes first, and once', async () => {
  const { belongings, removed } = noted(['the namespace', ''], ['the pod', '']);
  await belongings.remove(() => {});
  await belongings.remove(() => {});
  expect(removed).toEqual(['the pod', 'the namespace']);
});

test('what cannot be removed is named, with the command for it, and the rest goes all the same', async () => {
  const { belongings, removed } = noted(['the namespace', ''], ['the kinds', 'Forbidden\n'], ['the pod', '']);
  await expect(belongings.remove(() => {})).rejects.toThrow(
    'left behind, to be removed by hand:\nthe kinds: Forbidden\n  kubectl delete the kinds',
  );
  expect(removed).toEqual(['the pod', 'the kinds', 'the namespace']);
});
