// The count that the controller keeps, asked over the connection that the entitlements come by. A connection that ends is no
// answer, and neither is a replica that cannot say (5xx): the same call is asked for again on the next connection, which counts
// it once (wire/spend.ts).
import type { Logger } from '../telemetry/logger.ts';
import { ROUTES } from '../wire/routes.ts';
import { MAX_SPEND_RESPONSE_BYTES, SPEND_WITHIN_MS, SpendResponseSchema } from '../wire/spend.ts';
import { answerOf, type ControllerAnswer, messageOf } from './controller-answer.ts';
import type { Following, Line } from './following.ts';
import type { Counter } from './spending.ts';

/** Under way at once: as many calls as a sidecar forwards. One more is not counted. */
const MAX_ASKS = 768;

export function countByController(following: Pick<Following, 'next'>, log: Logger): Counter {
  let asks = 0;

  async function ask(body: string): Promise<ControllerAnswer | undefined> {
    const deadline = AbortSignal.timeout(SPEND_WITHIN_MS);
    let line: Line | undefined;
    let no: ControllerAnswer | undefined;
    for (;;) {
      line = await following.next(line, deadline);
      if (line === undefined) return no;
      const answer = await post(line, body, deadline).catch(() => undefined);
      if (answer !== undefined && answer.status < 500) return answer;
      no = answer ?? no;
    }
  }

  return async ({ auditId, verb }) => {
    if (asks >= MAX_ASKS) return undefined;
    asks += 1;
    const answer = await ask(JSON.stringify({ auditId, verb }));
    asks -= 1;
    const read = answer?.status === 200 ? SpendResponseSchema.safeParse(parsed(answer.body)) : undefined;
    if (read?.success) return read.data;
    const why = answer === undefined ? 'the controller did not answer' : messageOf(answer);
    log.warn('a call could not be counted', { auditId, why });
    return undefined;
  };
}

async function post(line: Line, body: string, deadline: AbortSignal): Promise<ControllerAnswer> {
  const stream = line.request(ROUTES.spend.method, ROUTES.spend.path);
  stream.end(body);
  return answerOf(stream, MAX_SPEND_RESPONSE_BYTES, deadline);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
