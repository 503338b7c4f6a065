// What the tests of streams start from: rules for one pod, and calls that reach into it.
import type { ApiRequest } from './api-request.ts';
import { requestOf } from './fixtures.ts';
import type { Rule } from './kinds/rule.ts';

const inPod = { namespaces: ['shop'], apiGroups: [''], resourceNames: ['web-0'], verbs: ['create' as const] };

export const execRule = (containers: string[], ...commands: string[][]): Rule => ({
  ...inPod,
  resources: ['pods/exec'],
  containers,
  commands,
});

export const attachRule = (...containers: string[]): Rule => ({
  ...inPod,
  resources: ['pods/attach'],
  containers,
});

export const portsRule = (...ports: number[]): Rule => ({ ...inPod, resources: ['pods/portforward'], ports });

const pod = '/api/v1/namespaces/shop/pods/web-0';
const queryOf = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');

export const execOf = (container: string, command: readonly string[], method: string = 'GET'): ApiRequest => {
  const words = command.map((word) => ['command', word] as const);
  const named = container === '' ? [] : [['container', container] as const];
  return requestOf(method, `${pod}/exec?${queryOf([...words, ...named, ['stdout', '1']])}`);
};

export const attachOf = (container: string, method: string = 'GET'): ApiRequest =>
  requestOf(method, `${pod}/attach?${queryOf([['container', container]])}`);

export const portsOf = (ports: readonly number[] = [], method: string = 'POST'): ApiRequest =>
  requestOf(method, `${pod}/portforward?${queryOf(ports.map((port) => ['ports', `${port}`]))}`);
