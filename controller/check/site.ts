// Whom `helm test` asks: the API server as the pod's ServiceAccount, and the controller at its Service's address, verified by
// the bundle that the API server verifies it by. Whatever is answered is an answer; only silence rejects.
import { Agent, type RequestOptions, request } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ControllerConfig } from '../environment.ts';
import { urlOf } from '../environment.ts';
import { pathOf } from '../kube/paths.ts';

const CALL_TIMEOUT_MS = 5_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export type Ask = (method: 'GET' | 'POST', path: string, body?: object) => Promise<Answer>;

export interface Site {
  readonly api: Ask;
  readonly controller: Ask;
  /** Of the controllers. */
  readonly service: string;
}

export function siteOf(kubeConfig: KubeConfig, { namespace, service, webhooks }: ControllerConfig): Site {
  const server = kubeConfig.getCurrentCluster()?.server ?? '';
  const agent = new Agent({ keepAlive: true });
  const api: Ask = async (method, path, body) => {
    const options: RequestOptions = { headers: {} };
    await kubeConfig.applyToHTTPSOptions(options);
    return ask(new URL(path, server), { ...options, agent, method }, body);
  };
  /** An object that has to be there. */
  const read = async <T>(path: string): Promise<T> => {
    const { status, text } = await api('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status}`);
    return JSON.parse(text) as T;
  };
  return {
    api,
    service,
    async controller(method, path, body) {
      const { spec } = await read<Service>(pathOf('services', { namespace, name: service }));
      const configuration = await read<Configuration>(
        pathOf('mutatingwebhookconfigurations', { name: webhooks }),
      );
      const { caBundle } = configuration.webhooks?.[0]?.clientConfig ?? {};
      if (caBundle === undefined)
        throw new Error('the webhooks have no caBundle: no controller was ready yet');
      const options = {
        method,
        // A new connection each time: the Service chooses anew.
        agent: false as const,
        ca: Buffer.from(caBundle, 'base64'),
        servername: `${service}.${namespace}.svc`,
      };
      return ask(new URL(path, urlOf(spec.clusterIP, 443)), options, body);
    },
  };
}

interface Service {
  readonly spec: { readonly clusterIP: string };
}

interface Configuration {
  readonly webhooks?: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

async function ask(url: URL, options: RequestOptions, body?: object): Promise<Answer> {
  const headers = { ...options.headers, ...(body && { 'content-type': 'application/json' }) };
  const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
  const call = request(url, { ...options, headers, signal });
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
  call.on('response', resolve).on('error', reject);
  call.end(body && JSON.stringify(body));
  const answer = await promise;
  let text = '';
  for await (const piece of answer.setEncoding('utf8')) text += piece;
  return { status: answer.statusCode ?? 0, text };
}
