// The answer to a review of rules: what the policy allows AND the API server lists, in one namespace. Where it has to say too
// little it says so, and of what; it never says too much.
import type { Entitlements } from '../entitlements.ts';
import { parse } from '../kinds/parse-strictly.ts';
import { clip } from '../quoting.ts';
import { candidatesIn } from './candidates.ts';
import { addPaths, addResource } from './intersect.ts';
import { createListing } from './listing.ts';
import { RulesStatus } from './server-rules.ts';

/** Rights that are looked at for one answer, each by one to four decisions. A policy of eight verbs for a hundred resources has 800. */
export const MAX_RIGHTS = 2048;
const MAX_OF_SERVER = 1024;
/** Of the exceptions that are told. */
const MAX_TOLD = 6;

/** `fromServer` is the status of its answer; undefined where that is none of such a review. */
export function rulesStatus(
  namespace: string,
  entitlements: Entitlements,
  nowMs: number,
  fromServer: unknown,
): RulesStatus | undefined {
  const read = parse(RulesStatus, fromServer);
  if (read.kind === 'invalid') return undefined;
  const server = read.value;
  const listing = createListing();
  const exceptions = new Set<string>();
  let looked = 0;
  const room = () => looked++ < MAX_RIGHTS;
  const at = { entitlements, nowMs, server, listing, exceptions, room };
  const seen = new Set<string>();
  for (const candidate of candidatesIn(namespace, entitlements, nowMs)) {
    if (!room()) break;
    if (seen.size === seen.add(Object.values(candidate).join(' ')).size) continue;
    if (candidate.kind === 'path') addPaths(at, candidate);
    else addResource(at, candidate);
  }
  const why = [
    clip(server.evaluationError ?? '', MAX_OF_SERVER),
    observed(entitlements),
    partly(exceptions),
    looked > MAX_RIGHTS ? `chaperone looked at the first ${MAX_RIGHTS} rights of the policy alone` : '',
  ].filter((each) => each !== '');
  return {
    ...listing.rules(),
    incomplete: server.incomplete || why.length > 0,
    ...(why.length > 0 && { evaluationError: why.join('; ') }),
  };
}

function observed({ held }: Entitlements): string {
  if (held.kind !== 'policy' || held.mode === 'Enforce') return '';
  return `chaperone lets more through than this: AgentPolicy ${held.policy} is only observed`;
}

function partly(exceptions: ReadonlySet<string>): string {
  if (exceptions.size === 0) return '';
  const more = exceptions.size > MAX_TOLD ? ` and ${exceptions.size - MAX_TOLD} more` : '';
  const told = [...exceptions].slice(0, MAX_TOLD).join(', ');
  return `chaperone allows for some objects and not for all: ${told}${more}`;
}
