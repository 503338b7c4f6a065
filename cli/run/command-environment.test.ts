import { expect, it } from 'vitest';
import { commandEnvironment } from './command-environment.ts';

it('leads to the sidecar, and leaves out what leads around it', () => {
  const theirs = {
    PATH: '/bin',
    KUBECONFIG: 'theirs',
    HELM_KUBETOKEN: 't',
    HELM_KUBEAPISERVER: 's',
    KUBERNETES_SERVICE_HOST: '10.96.0.1',
    KUBERNETES_SERVICE_PORT: '443',
    HELM_CACHE_HOME: '/cache',
  };
  expect(commandEnvironment(theirs, '/ours')).toEqual({
    PATH: '/bin',
    HELM_CACHE_HOME: '/cache',
    KUBECONFIG: '/ours',
    NO_PROXY: '127.0.0.1,::1,localhost',
    no_proxy: '127.0.0.1,::1,localhost',
  });
});

it("keeps the person's NO_PROXY in either spelling, and names nothing twice", () => {
  const both = 'corp,localhost,127.0.0.1,::1';
  for (const name of ['NO_PROXY', 'no_proxy'])
    expect(commandEnvironment({ [name]: 'corp,localhost' }, '/ours')).toMatchObject({
      NO_PROXY: both,
      no_proxy: both,
    });
});
