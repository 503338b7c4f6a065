// Counting over HTTP: one call of the agent that the client's certificate names, in the budgets of the policy that governs it
// here and now. It is known from its entitlements stream, so that nothing is asked about it and nothing it says is believed.
import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import { naming } from '../../policy/budget.ts';
import type { AgentPolicy } from '../../policy/kinds/agent-policy.ts';
import type { Parsed } from '../../policy/kinds/parse-strictly.ts';
import { governing } from '../../policy/take-snapshot.ts';
import { MAX_SPEND_REQUEST_BYTES, SpendRequestSchema, type SpendResponse } from '../../wire/spend.ts';
import { valid } from '../kinds.ts';
import type { Cache } from '../kube/cache.ts';
import { answer, failure } from './answer.ts';
import { readBody } from './read-body.ts';
import { type ShownDeps, shownAgent } from './shown-agent.ts';
import type { Spends } from './spends.ts';
import type { Streams } from './streams.ts';

export interface SpendingDeps extends ShownDeps {
  readonly streams: Pick<Streams, 'agentOf'>;
  readonly policies: Cache<Parsed<AgentPolicy>>;
  readonly spends: Pick<Spends, 'spend'>;
}

/** Answers one POST. */
export function spending(deps: SpendingDeps) {
  const { streams, policies, spends } = deps;

  return async (stream: ServerHttp2Stream, session: Http2Session): Promise<void> => {
    const shown = shownAgent(session, deps);
    if (shown === undefined) return answer(stream, failure('NoIdentity'));
    const body = await readBody(stream, MAX_SPEND_REQUEST_BYTES);
    const read = body && SpendRequestSchema.safeParse(body.json);
    if (!read?.success) return answer(stream, failure('NoSpendRequest'));
    const agent = streams.agentOf(shown.agent.uid);
    const [policy, ...others] = agent === undefined ? [] : governing(valid(policies), agent);
    const uid = policy?.metadata.uid;
    if (agent === undefined || policy === undefined || uid === undefined || others.length > 0)
      return answer(stream, failure('NotFollowing'));
    const { budgets = [] } = policy.spec;
    const counts = naming(budgets, read.data.verb).length > 0;
    const spent: SpendResponse | 'full' = counts
      ? await spends.spend(uid, agent.workloads, { ...read.data, budgets })
      : { kind: 'spent' };
    if (spent === 'full') return answer(stream, failure('TooManyCounts'));
    return answer(stream, { code: 200, json: spent });
  };
}
