// A client that behaves, between the attacks: each of its calls must get its answer, over HTTP/1.1 and HTTP/2 by turns.
import { setTimeout as pause } from 'node:timers/promises';
import { type Agent, type Ask, PROTOCOLS, type Protocol } from '../adversarial/agent.ts';
import type { Answered } from '../adversarial/answers.ts';

/** Long for an answer, also on a machine that is busy with the attacks. */
const ANSWERED_WITHIN_MS = 10_000;
const BETWEEN_MS = 50;
const AGAIN_AFTER_MS = 500;

export interface Calm {
  /** How many calls were made. */
  readonly calls: number;
  /** Those that were not answered as they should, each in a sentence. */
  readonly unanswered: readonly string[];
}

/** Goes on until `over`, then makes one more. `path` is that of a ConfigMap that is not there yet, in `collection`. */
export async function behave(
  agent: Agent,
  collection: string,
  name: string,
  over: AbortSignal,
): Promise<Calm> {
  const unanswered: string[] = [];
  let calls = 0;
  const call = async (ask: Ask, n: string, status: number): Promise<void> => {
    const protocol = PROTOCOLS[calls % PROTOCOLS.length] ?? 'h1';
    calls += 1;
    const what = `call ${calls} (${ask.method} over ${protocol})`;
    try {
      const late = pause(ANSWERED_WITHIN_MS).then(() => undefined);
      const answered = await Promise.race([answerOf(agent, protocol, ask), late]);
      if (answered === undefined)
        unanswered.push(`${what} was not answered in ${ANSWERED_WITHIN_MS / 1000} s`);
      else if (answered.status !== status || answered.json().data?.n !== n)
        unanswered.push(`${what} was answered ${answered.status}: ${answered.body.toString().slice(0, 300)}`);
    } catch (error) {
      unanswered.push(`${what} failed: ${(error as Error).message}`);
    }
  };
  const json = { 'content-type': 'application/json' };
  const merge = { 'content-type': 'application/merge-patch+json' };
  await call(
    {
      method: 'POST',
      path: collection,
      headers: json,
      body: JSON.stringify({ metadata: { name }, data: { n: '0' } }),
    },
    '0',
    201,
  );
  for (let n = 1, last = false; !last; n += 1) {
    last = over.aborted;
    await call(
      { method: 'PATCH', path: `${collection}/${name}`, headers: merge, body: `{"data":{"n":"${n}"}}` },
      `${n}`,
      200,
    );
    await call({ method: 'GET', path: `${collection}/${name}` }, `${n}`, 200);
    // By turns: an odd number of calls a round would keep each kind on one protocol.
    if (n % 2 === 0) await call({ method: 'GET', path: `${collection}/${name}` }, `${n}`, 200);
    await pause(BETWEEN_MS);
  }
  return { calls, unanswered };
}

/** A refusal for the moment says when to come again; who behaves does so, only sooner. */
async function answerOf(agent: Agent, protocol: Protocol, ask: Ask): Promise<Answered> {
  for (;;) {
    const answered = await agent.call(protocol, ask);
    if (answered.status !== 429 && answered.status !== 503) return answered;
    await pause(AGAIN_AFTER_MS);
  }
}
