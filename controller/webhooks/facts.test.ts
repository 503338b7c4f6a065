import { expect, test } from 'vitest';
import type { KubeApi } from '../kube/api.ts';
import { webhookFacts } from './facts.ts';

test.each([
  ['none', [], {}, 0],
  ['one', [{}], {}, 1],
  ['many', [{}], { continue: 'next', remainingItemCount: 511 }, 512],
])('counts the Grants of a namespace by one of them: %s', async (_, items, metadata, count) => {
  const asked: string[] = [];
  const call = async (_: string, path: string) => {
    asked.push(path);
    return { kind: 'done', object: { metadata, items } };
  };
  const own = { namespace: 'chaperone-system', serviceAccount: 'chaperone' };
  const facts = webhookFacts({ call } as unknown as KubeApi, own);
  expect(await facts.countGrants('agents')).toBe(count);
  expect(asked).toEqual(['/apis/chaperone.dev/v1alpha1/namespaces/agents/grants?limit=1']);
});
