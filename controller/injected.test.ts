import { expect, test } from 'vitest';
import { isInjected } from './injected.ts';
import type { KubeApi } from './kube/api.ts';

/** An API server whose every namespace has these labels; undefined: it has none of that name. */
const kubeOf = (labels?: object) =>
  ({
    call: async () =>
      labels === undefined
        ? { kind: 'absent' }
        : { kind: 'done', object: { metadata: { name: 'x', labels } } },
  }) as Pick<KubeApi, 'call'>;

const enabled = { 'chaperone.dev/inject': 'enabled' };

test.each([
  ['a labelled one', 'agents', enabled, true],
  ['one without labels', 'agents', {}, false],
  ['one that is labelled otherwise', 'agents', { 'chaperone.dev/inject': 'no' }, false],
  ['one that is not there', 'agents', undefined, false],
  ["chaperone's own, labelled", 'chaperone-system', enabled, false],
  ['kube-system, labelled', 'kube-system', enabled, false],
])('whether pods of %s are injected', async (_, namespace, labels, injected) => {
  expect(await isInjected(kubeOf(labels), 'chaperone-system', namespace)).toBe(injected);
});
