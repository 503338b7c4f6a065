import { describe, expect, it } from 'vitest';
import type { Container, EnvVar } from './pod.ts';
import { redirect } from './redirect.ts';

function envOf(env: EnvVar[], more: Partial<Container> = {}): EnvVar[] {
  return redirect({ name: 'agent', env, ...more }).env ?? [];
}

function valueIn(env: EnvVar[], name: string): string | undefined {
  return env.findLast((variable) => variable.name === name)?.value;
}

const LOOPBACK = 'localhost,127.0.0.1,::1';

describe('the environment of an agent container', () => {
  it('points at the sidecar, and spares it from a web proxy', () => {
    expect(envOf([])).toEqual([
      { name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' },
      { name: 'KUBERNETES_SERVICE_PORT', value: '15443' },
      { name: 'KUBERNETES_SERVICE_PORT_HTTPS', value: '15443' },
      { name: 'NO_PROXY', value: LOOPBACK },
      { name: 'no_proxy', value: LOOPBACK },
    ]);
  });

  it("puts the address before the agent's own variables, which may refer to it", () => {
    const env = envOf([{ name: 'API', value: 'https://$(KUBERNETES_SERVICE_HOST)' }]);
    expect(env.findIndex(({ name }) => name === 'API')).toBe(3);
  });

  it('overrides an address that the pod brings, wherever it comes from', () => {
    const env = envOf([
      { name: 'KUBERNETES_SERVICE_HOST', value: '10.96.0.1' },
      { name: 'KUBERNETES_SERVICE_PORT', valueFrom: {} },
      { name: 'KUBERNETES_SERVICE_HOST', value: '10.96.0.2' },
    ]);
    expect(env.filter(({ name }) => name === 'KUBERNETES_SERVICE_HOST')).toEqual([
      { name: 'KUBERNETES_SERVICE_HOST', value: '127.0.0.1' },
    ]);
    expect(valueIn(env, 'KUBERNETES_SERVICE_PORT')).toBe('15443');
  });

  it('extends NO_PROXY and gives the other spelling the same names', () => {
    const env = envOf([{ name: 'NO_PROXY', value: 'corp.example, 127.0.0.1' }]);
    expect(valueIn(env, 'NO_PROXY')).toBe('corp.example,127.0.0.1,localhost,::1');
    expect(valueIn(env, 'no_proxy')).toBe('corp.example,127.0.0.1,localhost,::1');
  });

  it('leaves a NO_PROXY that spares every host, or that comes from elsewhere', () => {
    expect(valueIn(envOf([{ name: 'no_proxy', value: '*' }]), 'NO_PROXY')).toBe('*');
    const elsewhere = { configMapKeyRef: { name: 'proxy', key: 'no' } };
    const env = envOf([{ name: 'NO_PROXY', valueFrom: elsewhere }]);
    expect(env.at(-1)).toEqual({ name: 'no_proxy', valueFrom: elsewhere });
  });

  it('does not hide a NO_PROXY that envFrom brings', () => {
    const env = envOf([], { envFrom: [{ configMapRef: { name: 'proxy' } }] });
    expect(valueIn(env, 'NO_PROXY')).toBe(`$(NO_PROXY),$(no_proxy),${LOOPBACK}`);
  });
});
