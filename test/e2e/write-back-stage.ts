// For the tests of write-back: an agent that may write Secrets, an administrator beside it, and the Secret of one test.
import { afterAll, beforeEach, expect } from 'vitest';
import type { Rule } from '../../policy/kinds/rule.ts';
import { type Agent, agentOf } from '../adversarial/agent.ts';
import type { Json } from '../adversarial/answers.ts';
import { type Entitled, type Governed, govern } from '../adversarial/governed.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { seed } from '../search/seeds.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
export const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
export const PATCH = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
};
export const labelled = (object: Json): void => {
  object.metadata.labels.seen = 'yes';
};

const verbs: Rule['verbs'] = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const resources = ['secrets', 'configmaps'];

/** Lets an agent write in its namespace. */
export const entitle = (of: Pick<Governed, 'namespace' | 'entitle'>, more: Partial<Entitled> = {}): void =>
  of.entitle({ rules: [{ namespaces: [of.namespace], apiGroups: [''], resources, verbs }], ...more });

/** What a person keeps of what was shown: without what is of one moment. */
export function saved({ metadata, ...object }: Json, change: (object: Json) => void = () => undefined): Json {
  const { [LAST_APPLIED]: _, ...annotations } = metadata.annotations;
  const { name, namespace, labels } = metadata;
  const kept = { ...object, metadata: { name, namespace, labels, annotations } };
  change(kept);
  return kept;
}

export interface To {
  readonly type?: string;
  /** The object; empty: the collection. */
  readonly of?: string;
  readonly query?: string;
  readonly as?: Agent;
}

/** Of one test. */
export interface Now {
  /** Of its Secret. */
  name: string;
  /** What another does between the judgement of a write and its forwarding. */
  meanwhile: () => Promise<unknown>;
}

/** Ends with the file; each of its tests has a Secret of its own, by a name that nothing has yet. */
export async function openStage(purpose: string) {
  const cluster = await suiteCluster();
  const now: Now = { name: '', meanwhile: async () => undefined };
  let count = 0;
  beforeEach(() => {
    count += 1;
    now.name = `secret-${count}`;
    now.meanwhile = async () => undefined;
  });

  const records: Json[] = [];
  const keep = async (line: string) => {
    records.push(JSON.parse(line));
    await now.meanwhile();
  };
  const governed = await govern(cluster, purpose, { records: { keep } });
  const { agent, namespace } = governed;
  entitle(governed);
  const { hostname, port } = new URL(cluster.server);
  const admin = agentOf({ host: hostname, port: Number(port), ca: cluster.ca, token: governed.realToken });
  afterAll(async () => {
    await governed[Symbol.asyncDispose]();
    admin.close();
  });

  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const send = (
    method: string,
    body: unknown,
    { type = 'application/json', of = now.name, query = '', as = agent }: To = {},
  ) =>
    as.call('h2', {
      method,
      path: `${path}${of && `/${of}`}${query}`,
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    });
  /** As a person does it, past chaperone. */
  const asAdmin = async (method: string, body: unknown, to: To = {}): Promise<void> => {
    const answered = await send(method, body, { ...to, as: admin });
    expect(answered.status, answered.body.toString()).toBeLessThan(300);
  };
  const get = async (as: Agent): Promise<Json> =>
    (await as.call('h2', { path: `${path}/${now.name}` })).json();
  const kubectl = (args: readonly string[], input: unknown = '', env = {}) =>
    cluster.kubectl(args, {
      input: typeof input === 'string' ? input : JSON.stringify(input),
      env,
      kubeconfig: governed.kubeconfig,
    });

  const VALUES: Readonly<Record<string, string>> = {
    password: base64(seed(purpose)),
    'tls.key': base64(Buffer.from([0, 255, 10, 128, 34, 92])),
    empty: '',
  };
  const secret = (data: object = VALUES, more: object = {}): Json => {
    const metadata = { name: now.name, namespace, labels: { of: 'test' }, annotations: { note: 'before' } };
    return { apiVersion: 'v1', kind: 'Secret', metadata: { ...metadata, ...more }, type: 'Opaque', data };
  };
  const created = () => asAdmin('POST', secret(), { of: '' });
  /** As kubectl apply does it. */
  const applied = () => {
    const object = secret();
    object.metadata.annotations[LAST_APPLIED] = `${JSON.stringify(secret())}\n`;
    return asAdmin('POST', object, { of: '', query: '?fieldManager=kubectl-client-side-apply' });
  };

  return {
    ...{ cluster, governed, agent, namespace, path, records, now, VALUES },
    ...{ send, asAdmin, kubectl, secret, created, applied },
    stored: () => get(admin),
    shown: () => get(agent),
    merge: (body: object, to: To = {}) => send('PATCH', body, { type: PATCH.merge, ...to }),
    operate: (...operations: object[]) => send('PATCH', operations, { type: PATCH.json }),
  };
}
