import { describe, expect, test } from 'vitest';
import { metadataIn } from './metadata.ts';

const holding = (metadata: object) => ({ metadata: { name: 'web', ...metadata }, spec: {} });
const none = holding({});

describe('a rollback by annotation', () => {
  const to = (revision: string) =>
    holding({ annotations: { 'deprecated.deployment.rollback.to': revision } });
  const found = (object: unknown, before: unknown, kind = 'apps/deployments') =>
    metadataIn(kind, object, before).map(({ code, field }) => `${code} ${field}`);
  const refused = ['PodRollback metadata.annotations[deprecated.deployment.rollback.to]'];

  test('is found in a Deployment that asks for one, newly or another one', () => {
    expect(found(to('3'), undefined)).toEqual(refused);
    expect(found(to('3'), none)).toEqual(refused);
    expect(found(to('0'), to('3'))).toEqual(refused);
  });

  test('is left to who asked for it, and to kinds that know of none', () => {
    expect(found(to('3'), to('3'))).toEqual([]);
    expect(found(none, to('3'))).toEqual([]);
    expect(found(to('3'), none, 'apps/statefulsets')).toEqual([]);
  });
});

describe('a maker that an agent names', () => {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'nightly', uid: '77aa' };
  const owned = (...ownerReferences: object[]) => holding({ ownerReferences });
  const controlled = owned(owner, { ...owner, uid: '88bb', controller: true });

  test.each(['/pods', 'apps/replicasets'])('is found in %s, made or changed so', (kind) => {
    const refused = [{ code: 'PodOwner', field: 'metadata.ownerReferences[1]', name: '' }];
    expect(metadataIn(kind, controlled, undefined)).toEqual(refused);
    expect(metadataIn(kind, controlled, owned(owner))).toEqual(refused);
    expect(metadataIn(kind, controlled, owned({ ...owner, controller: true }))).toEqual(refused);
  });

  test('is none where it stood before, or controls nothing', () => {
    expect(metadataIn('/pods', controlled, controlled)).toEqual([]);
    expect(metadataIn('/pods', owned(owner, { ...owner, controller: false }), undefined)).toEqual([]);
  });

  test('is none in a Job, as of kubectl create job --from', () => {
    expect(metadataIn('batch/jobs', controlled, undefined)).toEqual([]);
  });
});
