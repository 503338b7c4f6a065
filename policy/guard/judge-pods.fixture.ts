// For tests: pods that are fine, each with what a test puts into them, and the guard's judgement of them.
import type { Finding } from './finding.ts';
import { judgePods } from './judge-pods.ts';
import type { Permitted } from './permitted.ts';

const none = new Set<string>();
export const permitted = (some: Partial<Permitted> = {}, ...secrets: string[]): Permitted => ({
  mayUse: (secret) => secrets.includes(secret),
  serviceAccountNames: new Set(['web']),
  hostPaths: none,
  hostNamespaces: none,
  privileged: false,
  capabilities: none,
  tokenAudiences: none,
  csiDrivers: none,
  ownServiceAccount: 'bot',
  ...some,
});
export const NOTHING = permitted();

export const container = (more: object = {}) => ({ name: 'app', image: 'app', ...more });
export const spec = (more: object = {}, inContainer: object = {}) => ({
  serviceAccountName: 'web',
  automountServiceAccountToken: true,
  containers: [container(inContainer)],
  ...more,
});
export const volume = (source: object) =>
  spec({
    volumes: [
      { name: 'fine', emptyDir: {} },
      { name: 'v', ...source },
    ],
  });
export const projected = (source: object) =>
  volume({ projected: { sources: [{ configMap: { name: 'a' } }, source] } });
export const secured = (context: object) => spec({}, { securityContext: context });

export const deployment = (podSpec: object, metadata: object = {}) => ({
  metadata: { name: 'web' },
  spec: { replicas: 1, template: { metadata, spec: podSpec } },
});
export const judge = (podSpec: object, may: Permitted = NOTHING): Finding[] =>
  judgePods(
    { apiGroup: 'apps', resource: 'deployments', object: deployment(podSpec), oldObject: undefined },
    may,
  );
export const AT = 'spec.template.spec';
