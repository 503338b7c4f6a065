// The same call on two ways to one API server, under one identity: directly, and through chaperone. What must be alike is
// made comparable; what cannot be (dates, ids, framing, hop-by-hop headers) is taken out, and only that.
import { type Agent, type Ask, agentOf, type Protocol } from '../adversarial/agent.ts';
import type { Answered } from '../adversarial/answers.ts';
import { type Governed, govern } from '../adversarial/governed.ts';
import type { Cluster } from '../cluster/cluster.ts';

/** An answer as far as both ways must give the same. */
export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface BothWays extends AsyncDisposable {
  readonly governed: Governed;
  readonly namespace: string;
  readonly direct: Agent;
  readonly through: Agent;
  /** How often a call was made on each way. */
  readonly made: { direct: number; through: number };
  /**
   * Makes the call on each way, directly over another protocol where one is given; `{me}` in its path and body is a name
   * that each way has for itself.
   */
  both(protocol: Protocol, ask: Ask, directly?: Protocol): Promise<{ direct: Said; through: Said }>;
}

/**
 * Framing is each server's own, and so is what it does with its connection; `Date` and `Audit-Id` are of one call. Ranges of
 * OpenAPI's documents are not offered: no client of Kubernetes asks for them.
 */
const OF_ONE_WAY = new Set([
  'accept-ranges',
  'audit-id',
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]);

/** An age in a Table: it goes on between two calls. */
const AGE = /"\d+(?:ms|s|m|h)(?:\d+s)?"/g;

export const withoutAges = (text: string): string => text.replace(AGE, '"…"');

/** What no two objects share, in JSON and in YAML. */
const OF_ONE_OBJECT =
  /("?(?:uid|resourceVersion|creationTimestamp|deletionTimestamp|time)"?: ?)"?[0-9a-fA-FTZ:.+-]+"?/g;

const NAME = { direct: 'me-a', through: 'me-b' } as const;

/** As it came, but for what is of one call or one object. */
export function said({ status, headers, body }: Answered, name: string): Said {
  const kept = Object.entries(headers).filter(
    ([header]) => !header.startsWith(':') && !OF_ONE_WAY.has(header),
  );
  return {
    status,
    headers: Object.fromEntries(kept.map(([header, value]) => [header, String(value)])),
    body: withoutAges(body.toString('latin1')).replaceAll(name, '{me}').replace(OF_ONE_OBJECT, '$1…'),
  };
}

export async function bothWays(cluster: Cluster, purpose: string): Promise<BothWays> {
  const governed = await govern(cluster, purpose);
  const { agent: through, namespace, realToken } = governed;
  const { hostname, port } = new URL(cluster.server);
  const direct = agentOf({ host: hostname, port: Number(port), ca: cluster.ca, token: realToken });
  const made = { direct: 0, through: 0 };
  const call = async (way: 'direct' | 'through', protocol: Protocol, ask: Ask): Promise<Said> => {
    const name = `${NAME[way]}-${protocol}`;
    const mine = (text: string): string => text.replaceAll('{me}', name);
    made[way] += 1;
    const answered = await { direct, through }[way].call(protocol, {
      ...ask,
      path: mine(ask.path),
      ...(typeof ask.body === 'string' && { body: mine(ask.body) }),
    });
    return said(answered, name);
  };
  return {
    governed,
    namespace,
    direct,
    through,
    made,
    async both(protocol, ask, directly = protocol) {
      const [one, other] = await Promise.all([call('direct', directly, ask), call('through', protocol, ask)]);
      return { direct: one, through: other };
    },
    async [Symbol.asyncDispose]() {
      direct.close();
      await governed[Symbol.asyncDispose]();
    },
  };
}
