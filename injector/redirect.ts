// Turns the agent's clients to the sidecar: the API server's address and the names that must not go through a web proxy.
// The kubelet adds its own service variables only where the container sets none (kubelet_pods.go, makeEnvironmentVariables).
import { LISTENER_HOST, LISTENER_PORT } from './names.ts';
import type { Container, EnvVar } from './pod.ts';

const SERVICE = new Map([
  ['KUBERNETES_SERVICE_HOST', LISTENER_HOST],
  ['KUBERNETES_SERVICE_PORT', String(LISTENER_PORT)],
  ['KUBERNETES_SERVICE_PORT_HTTPS', String(LISTENER_PORT)],
]);

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Programs read one or the other spelling first, so both say the same. */
const NO_PROXY = ['NO_PROXY', 'no_proxy'];

/** A value from elsewhere cannot be extended and is left; `*` already spares every host. */
function sparingLoopback(variable: EnvVar): EnvVar {
  if (variable.valueFrom !== undefined) return variable;
  const names = (variable.value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const missing = LOOPBACK.filter((name) => !names.includes(name));
  if (names.includes('*') || missing.length === 0) return variable;
  return { ...variable, value: [...names, ...missing].join(',') };
}

/**
 * The container with its environment turned to the sidecar. The address stands first, where `$(KUBERNETES_SERVICE_HOST)`
 * in the agent's own variables finds it; a variable that is already there stays in its place, the last of several
 * counting as it does for the kubelet.
 */
export function redirect(container: Container): Container {
  const given = container.env ?? [];
  const last = new Map(given.map(({ name }, index) => [name, index]));
  const present = given.filter(
    ({ name }, index) => !(SERVICE.has(name) || NO_PROXY.includes(name)) || last.get(name) === index,
  );
  const address = [...SERVICE]
    .filter(([name]) => !present.some((variable) => variable.name === name))
    .map(([name, value]) => ({ name, value }));
  const env: EnvVar[] = present.map((variable) => {
    const value = SERVICE.get(variable.name);
    if (value !== undefined) return { name: variable.name, value };
    return NO_PROXY.includes(variable.name) ? sparingLoopback(variable) : variable;
  });
  for (const name of NO_PROXY.filter((name) => !env.some((variable) => variable.name === name))) {
    const sibling = env.find((variable) => NO_PROXY.includes(variable.name));
    // A variable from envFrom is hidden by one of env, but the kubelet still expands a reference to it.
    const inherited = { value: container.envFrom?.length ? '$(NO_PROXY),$(no_proxy)' : '' };
    env.push(sparingLoopback({ ...(sibling ?? inherited), name }));
  }
  return { ...container, env: [...address, ...env] };
}
