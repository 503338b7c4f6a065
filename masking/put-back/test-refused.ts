// One Secret as it stands and as it is shown, and what becomes of a write of it.
import { sentinel } from '../sentinel.ts';
import { LAST_APPLIED, type TestSecret } from '../test-bodies.ts';
import type { Write } from './put-back.ts';
import { type Body, hash, liveOf, putBack, STATE, shown } from './test-lives.ts';

export const example: TestSecret = {
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'u-1',
    resourceVersion: '7',
    labels: {},
    annotations: { note: 'by hand' },
  },
  type: 'Opaque',
  values: { password: 'HUNTER-TWO', user: 'HUNTER-TWO' },
};
export const body = liveOf(example);
export const seen = shown(body);
export const { password, user } = seen.data as { password: string; user: string };
export const copy = seen.metadata.annotations[LAST_APPLIED] as string;
export const document = seen.metadata.annotations[STATE] as string;
export const copied = JSON.parse(copy);
export const APPLIED = `metadata.annotations.${LAST_APPLIED}`;
export const annotated = (name: string, text: unknown) => ({ metadata: { annotations: { [name]: text } } });
export const applying = (object: unknown) => annotated(LAST_APPLIED, JSON.stringify(object));
export const elsewhere = btoa(
  sentinel(hash, { uid: 'u-2', resourceVersion: '7' }, { part: 'data', key: 'password' }),
);

export const outcome = (write: Partial<Write>, live: Body = body) => {
  const it = putBack(write, live);
  return it.kind === 'putBack'
    ? it.kind
    : [it.code, it.at, ...(it.belongsAt === undefined ? [] : [it.belongsAt])];
};
