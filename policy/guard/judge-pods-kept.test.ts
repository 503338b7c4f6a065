// What an object had before is not the agent's to answer for, as long as nothing that gives its pods more has changed.
import { describe, expect, test } from 'vitest';
import { container, deployment, NOTHING, permitted, spec, volume } from './judge-pods.fixture.ts';
import { judgePods } from './judge-pods.ts';

describe('what is there already', () => {
  const mounting = volume({ secret: { secretName: 's' } });
  const judged = (object: object, oldObject: object) =>
    judgePods({ apiGroup: 'apps', resource: 'deployments', object, oldObject }, NOTHING).map(
      ({ name }) => name,
    );
  const before = deployment(mounting);

  test.each<[string, object]>([
    ['scaled', { ...before, spec: { ...before.spec, replicas: 5 } }],
    ['labelled', { ...before, metadata: { name: 'web', labels: { a: 'b' } } }],
    ['restarted', deployment(mounting, { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } })],
    [
      'sent with its fields in another order',
      deployment(Object.fromEntries(Object.entries(mounting).reverse())),
    ],
  ])('may be %s', (_, object) => {
    expect(judged(object, before)).toEqual([]);
  });

  test.each<[string, object]>([
    [
      'a changed image under a mounted Secret',
      deployment({ ...mounting, containers: [container({ image: 'thief' })] }),
    ],
    [
      'another annotation of its pods',
      deployment(mounting, { annotations: { 'inject.example/secret': 's' } }),
    ],
    ['another label of its pods', deployment(mounting, { labels: { a: 'b' } })],
  ])('is judged whole with %s', (_, object) => {
    expect(judged(object, before)).toEqual(['s']);
  });

  test('of a pod, a new ephemeral container judges all of it, and a label nothing', () => {
    const pod = { metadata: {}, spec: mounting };
    const debugged = { metadata: {}, spec: { ...mounting, ephemeralContainers: [container()] } };
    const written = (resource: string, object: object) =>
      judgePods({ apiGroup: '', resource, object, oldObject: pod }, NOTHING).map(({ name }) => name);
    expect(written('pods/ephemeralcontainers', debugged)).toEqual(['s']);
    expect(written('pods', { ...pod, metadata: { labels: { a: 'b' } } })).toEqual([]);
  });

  test('of a pod that runs, its machine and its devices were not chosen by who debugs it', () => {
    const running = spec({ nodeName: 'node-1', priorityClassName: 'system-x', resourceClaims: [{}] });
    const [pod, debugged] = [running, { ...running, ephemeralContainers: [container()] }].map((each) => ({
      spec: each,
    }));
    const judged = (oldObject: unknown) =>
      judgePods({ apiGroup: '', resource: 'pods', object: debugged, oldObject }, NOTHING).length;
    expect([judged(pod), judged(undefined)]).toEqual([0, 3]);
  });

  test('is not left alone where only what has controllers change it is new', () => {
    const rolled = {
      ...before,
      metadata: { name: 'web', annotations: { 'deprecated.deployment.rollback.to': '3' } },
    };
    const found = (object: object, oldObject?: object) =>
      judgePods({ apiGroup: 'apps', resource: 'deployments', object, oldObject }, permitted({}, 's')).map(
        ({ code }) => code,
      );
    expect([found(rolled, before), found(rolled), found(rolled, rolled)]).toEqual([
      ['PodRollback'],
      ['PodRollback'],
      [],
    ]);
  });
});
