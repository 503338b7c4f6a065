import { expect, test } from 'vitest';
import { readEnvironment, urlOf } from './environment.ts';

const sidecar = {
  image: 'localhost/chaperone:1',
  imagePullPolicy: 'Never',
  command: ['node', '/app/sidecar.mjs'],
  resources: { limits: { memory: '256Mi' }, requests: {} },
};

const environment = {
  CHAPERONE_NAMESPACE: 'chaperone-system',
  CHAPERONE_SERVICE_ACCOUNT: 'chaperone',
  CHAPERONE_POD: 'chaperone-5d9c',
  CHAPERONE_ADDRESS: '10.244.0.7',
  CHAPERONE_SERVICE: 'chaperone',
  CHAPERONE_WEBHOOKS: 'chaperone',
  CHAPERONE_SIDECAR: JSON.stringify(sidecar),
  CHAPERONE_RECORDINGS: '{"folder":"/recordings","maxBytes":1048576}',
  KUBERNETES_SERVICE_HOST: '10.96.0.1',
  KUBERNETES_SERVICE_PORT: '443',
};

test('reads what the chart writes', () => {
  expect(readEnvironment(environment)).toMatchObject({
    kind: 'valid',
    config: {
      namespace: 'chaperone-system',
      address: '10.244.0.7',
      apiServer: 'https://10.96.0.1:443',
      sidecar,
      recordings: { folder: '/recordings', maxBytes: 1024 * 1024, port: 8444 },
    },
  });
});

test.each([
  ['CHAPERONE_NAMESPACE', undefined, 'CHAPERONE_NAMESPACE: is missing'],
  ['CHAPERONE_NAMESPACE', 'Not A Name', 'CHAPERONE_NAMESPACE: must be a Kubernetes name'],
  ['CHAPERONE_ADDRESS', 'controller', 'CHAPERONE_ADDRESS: must be an IP address'],
  ['CHAPERONE_SIDECAR', '{', 'CHAPERONE_SIDECAR: must be JSON'],
  [
    'CHAPERONE_SIDECAR',
    JSON.stringify({ ...sidecar, extra: 1 }),
    'CHAPERONE_SIDECAR: Unrecognized key: "extra"',
  ],
  [
    'CHAPERONE_RECORDINGS',
    '{"folder":"recordings","maxBytes":1048576}',
    'CHAPERONE_RECORDINGS folder: must be a path from the root',
  ],
  ['KUBERNETES_SERVICE_HOST', 'kubernetes.default', 'KUBERNETES_SERVICE_HOST: must be an IP address'],
])('names the variable %s where it is %s', (variable, value, why) => {
  expect(readEnvironment({ ...environment, [variable]: value })).toEqual({ kind: 'invalid', why });
});

test('names the field of a sidecar that injection could not use', () => {
  const half = { ...sidecar, resources: { limits: { memory: '0.5Gi' }, requests: {} } };
  const read = readEnvironment({ ...environment, CHAPERONE_SIDECAR: JSON.stringify(half) });
  expect(read).toMatchObject({
    why: expect.stringMatching(/^CHAPERONE_SIDECAR resources\.limits\.memory: /),
  });
});

test('puts an IPv6 address in brackets', () => {
  expect(urlOf('fd00::1', 443)).toBe('https://[fd00::1]:443');
  expect(urlOf('10.96.0.1', 443)).toBe('https://10.96.0.1:443');
});
