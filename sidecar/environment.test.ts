import { describe, expect, test } from 'vitest';
import { readEnvironment } from './environment.ts';

const given = {
  CHAPERONE_CONTROLLER: 'https://10.96.0.9:8443',
  CHAPERONE_CONTROL_CA: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  CHAPERONE_API_SERVER_CA: '-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n',
  CHAPERONE_API_SERVER: 'https://10.96.0.1:443',
  CHAPERONE_POD_NAME: 'triage-5d9c.x',
  CHAPERONE_POD_NAMESPACE: 'agents',
  CHAPERONE_POD_UID: '0b9fd8a4-7c11-4f5e-9d2a-3c5b6a7d8e9f',
  CHAPERONE_AGENT_CONTAINERS: 'prepare,agent',
};

describe('the environment', () => {
  test('becomes a configuration', () => {
    expect(readEnvironment(given)).toMatchObject({
      kind: 'valid',
      config: {
        pod: { namespace: 'agents', name: 'triage-5d9c.x', uid: given.CHAPERONE_POD_UID },
        containers: ['prepare', 'agent'],
      },
    });
  });

  test.each<[keyof typeof given, string | undefined]>([
    ['CHAPERONE_CONTROLLER', undefined],
    ['CHAPERONE_CONTROLLER', 'http://10.96.0.9:8443'],
    ['CHAPERONE_API_SERVER', 'kubernetes.default.svc'],
    ['CHAPERONE_CONTROL_CA', ''],
    ['CHAPERONE_API_SERVER_CA', ''],
    ['CHAPERONE_POD_NAME', '../escape'],
    ['CHAPERONE_POD_NAMESPACE', 'Agents'],
    ['CHAPERONE_POD_UID', '0b9f'],
    ['CHAPERONE_AGENT_CONTAINERS', ''],
    ['CHAPERONE_AGENT_CONTAINERS', 'agent,../x'],
  ])('is refused by the name of %s where it is %j', (name, value) => {
    const read = readEnvironment({ ...given, [name]: value });
    expect(read.kind === 'invalid' && read.why).toMatch(new RegExp(`^${name}: `));
  });
});
