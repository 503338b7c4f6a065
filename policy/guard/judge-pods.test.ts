// What is let through, what a rule's names reach, and what cannot be read. Each way by which pods get more than they should is
// in judge-pods-ways.test.ts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT, container, deployment, judge, NOTHING, permitted, spec, volume } from './judge-pods.fixture.ts';
import { judgePods } from './judge-pods.ts';
import { WORKLOADS } from './workload-kinds.ts';

test('what is fine is let through, of every kind', () => {
  const fine = spec(
    {
      nodeSelector: { 'example.com/secret': 'x' },
      nodeName: '',
      priorityClassName: 'batch-system-low',
      resourceClaims: [],
      volumes: [
        { name: 'a', configMap: { name: 'a' } },
        { name: 'b', persistentVolumeClaim: { claimName: 'b' } },
        { name: 'c', projected: { sources: [{ downwardAPI: {} }, { clusterTrustBundle: { path: 'x' } }] } },
        {
          name: 'd',
          ephemeral: { volumeClaimTemplate: { metadata: { labels: { secret: 'x' } }, spec: {} } },
        },
        { name: 'kube-api-access', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      ],
      securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }], runAsUser: 0 },
    },
    {
      env: [
        { name: 'SECRET_TOKEN', value: 'x' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'x' } } },
      ],
      envFrom: [{ prefix: 'A', configMapRef: { name: 'a' } }],
      securityContext: { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] }, procMount: 'Default' },
      livenessProbe: { httpGet: { path: '/', port: 80 } },
    },
  );
  for (const { apiGroup, resource, path } of WORKLOADS) {
    const object = path.reduceRight<object>((inner, field) => ({ [field]: inner }), {
      metadata: {},
      spec: fine,
    });
    expect(judgePods({ apiGroup, resource, object, oldObject: undefined }, NOTHING), resource).toEqual([]);
  }
});

test('in every kind the field is named from the top of the object', () => {
  for (const { apiGroup, resource, path } of WORKLOADS) {
    const object = path.reduceRight<object>((inner, field) => ({ [field]: inner }), {
      spec: spec({ hostPID: true }),
    });
    const [found] = judgePods({ apiGroup, resource, object, oldObject: undefined }, NOTHING);
    expect(found?.field).toBe([...path, 'spec', 'hostPID'].join('.'));
  }
});

test("the agent's own ServiceAccount is its own, and its token is the sidecar's", () => {
  const own = {
    ...volume({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }),
    serviceAccountName: 'bot',
  };
  const at = `${AT}.volumes[1].projected.sources[0].serviceAccountToken`;
  for (const may of [NOTHING, permitted({ serviceAccountNames: new Set(['bot']) })])
    expect(judge(own, may)).toEqual([{ code: 'PodCredential', field: at, name: '' }]);
});

const sidecarToken = (audience: object = {}) => ({
  projected: {
    defaultMode: 420,
    sources: [{ serviceAccountToken: { ...audience, expirationSeconds: 3600, path: 'token' } }],
  },
});

test("a sidecar's tokens are let be in a pod, and nothing else that has their name", () => {
  const pod = (...volumes: object[]) => ({ spec: { ...spec({ volumes }), serviceAccountName: 'bot' } });
  const judged = (object: object) =>
    judgePods({ apiGroup: '', resource: 'pods', object, oldObject: undefined }, NOTHING).map(
      ({ code }) => code,
    );
  const credential = { name: 'chaperone-credential', ...sidecarToken() };
  const attestation = { name: 'chaperone-attestation', ...sidecarToken({ audience: 'chaperone' }) };
  expect(judged(pod(credential, attestation))).toEqual([]);
  expect(judged(pod({ name: 'chaperone-credential', hostPath: { path: '/' } }))).toEqual(['PodHostPath']);
  expect(judged(pod({ name: 'mine', ...sidecarToken() }))).toEqual(['PodCredential']);
  expect(judge(spec({ serviceAccountName: 'bot', volumes: [credential] })).map(({ code }) => code)).toEqual([
    'PodCredential',
  ]);
});

test.each([undefined, null, 'x', {}, { spec: {} }, { spec: { template: { spec: [] } } }])(
  '%j is not read',
  (object) => {
    const found = judgePods(
      { apiGroup: 'apps', resource: 'deployments', object, oldObject: undefined },
      NOTHING,
    );
    expect(found.map(({ code }) => code)).toEqual(['PodUnread']);
  },
);

test('a Secret of another namespace is not the one that a rule names', () => {
  const reference = spec({ signing: { secretRef: { name: 's', namespace: 'x' } } });
  expect(judge(reference, permitted({}, 's')).map(({ code }) => code)).toEqual(['PodSecret']);
});

test.each(['initContainers', 'containers', 'ephemeralContainers'])('of %s each is judged', (list) => {
  const privileged = container({ securityContext: { privileged: true }, envFrom: [{ vaultRef: {} }] });
  const fields = judge({ ...spec(), [list]: [container(), privileged] }).map(({ field }) => field);
  expect(fields).toEqual([
    `${AT}.${list}[1].envFrom[0].vaultRef`,
    `${AT}.${list}[1].securityContext.privileged`,
  ]);
});

test('AppArmor is not turned off by an annotation either', () => {
  const key = 'container.apparmor.security.beta.kubernetes.io/app';
  const judged = (value: string) => {
    const object = deployment(spec(), { annotations: { [key]: value, other: 'unconfined' } });
    return judgePods({ apiGroup: 'apps', resource: 'deployments', object, oldObject: undefined }, NOTHING);
  };
  const field = `spec.template.metadata.annotations[${key}]`;
  expect(judged('unconfined')).toEqual([{ code: 'PodUnsafe', field, name: '' }]);
  for (const fine of ['runtime/default', 'localhost/profile']) expect(judged(fine)).toEqual([]);
});

test('a kind that carries no pods, and what is too deep to be looked through, are not let through', () => {
  const other = judgePods(
    { apiGroup: 'x', resource: 'ys', object: deployment(spec()), oldObject: undefined },
    NOTHING,
  );
  expect(other.map(({ code }) => code)).toEqual(['PodUnread']);
  let deep: object = { secretName: 's' };
  for (let at = 0; at < 10_000; at += 1) deep = { deep };
  expect(judge(spec({ deep })).map(({ code }) => code)).toEqual(['PodUnread']);
});

test('no place in the pods, whatever it is called, takes a Secret that is not permitted', () => {
  const reference = fc.constantFrom<object>(
    { secretName: 's' },
    { secretRef: { name: 's' } },
    { secretKeyRef: { name: 's', key: 'k' } },
    { nodePublishSecretRef: { name: 's' } },
    { imagePullSecrets: [{ name: 'fine' }, { name: 's' }] },
    { secret: { secretName: 's' } },
  );
  const path = fc.array(
    fc
      .stringMatching(/^[a-z][A-Za-z]{0,8}$/)
      .filter((word) => !/annotations|labels|limits|requests|options|overhead/.test(word)),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(reference, path, (found, fields) => {
      const placed = fields.reduceRight<object>((inner, field) => ({ [field]: inner }), found);
      const judged = judge({ ...spec(), ...placed }, permitted({}, 'fine'));
      expect(judged).not.toEqual([]);
    }),
  );
});

test('nothing that a client sends throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (podSpec, oldObject) => {
      const object = { spec: { template: { spec: podSpec } } };
      judgePods({ apiGroup: 'apps', resource: 'deployments', object, oldObject }, NOTHING);
      judge({ ...spec(), volumes: podSpec, containers: [podSpec, { env: podSpec, ports: podSpec }] });
    }),
  );
});
