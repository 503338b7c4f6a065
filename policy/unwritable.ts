// What no rule of any AgentPolicy could cover, because the schema takes none that does: a verb that it does not know, a write
// to a path that is no resource's, Secrets across all namespaces. Asked of the schema itself, so that the two cannot part.
import type { ApiRequest } from './api-request.ts';
import type { Closure } from './closed.ts';
import { parse } from './kinds/parse-strictly.ts';
import { Rule } from './kinds/rule.ts';
import { label } from './kinds/words.ts';
import { covers, coversPod, ruleKey } from './rule.ts';
import { streamKindOf } from './stream-options.ts';

/** What the schema said of requests that differ in nothing it looks at: to ask it takes longer than to decide. */
const answers = new Map<string, Closure | undefined>();
/** More than any client asks for; an agent that invents kinds waits for the schema. */
const MAX_ANSWERS = 1024;

/** `never`, with what the schema says; undefined: a rule can be written that covers the request, or some object of its kind. */
export function unwritable(request: ApiRequest): Closure | undefined {
  const shape = shapeOf(request);
  if (answers.has(shape)) return answers.get(shape);
  const answer = askSchema(request);
  if (answers.size >= MAX_ANSWERS) answers.clear();
  answers.set(shape, answer);
  return answer;
}

/** All that the schema looks at, unambiguously: of a namespace it is whether there can be one of that name. */
function shapeOf(request: ApiRequest): string {
  if (request.kind === 'nonResource') return JSON.stringify([request.verb, request.path]);
  const { verb, apiGroup, namespace } = request;
  const place = namespace === undefined ? 'nowhere' : label.safeParse(namespace).success;
  return JSON.stringify([verb, apiGroup, ruleKey(request), place]);
}

function askSchema(request: ApiRequest): Closure | undefined {
  let why = '';
  for (const rule of rulesOf(request)) {
    if (request.kind === 'nonResource' ? !covers(rule, request) : !coversPod(rule, request)) continue;
    // What is closed unless it is named is written by naming it: any name will do.
    const named = request.kind === 'resource' ? [{ ...rule, resourceNames: ['any'] }] : [];
    for (const each of [rule, ...named]) {
      const parsed = parse(Rule, each);
      if (parsed.kind === 'valid') return undefined;
      why ||= ` (${parsed.field}: ${parsed.why})`;
    }
  }
  return { openness: 'never', why: `no rule can be written that covers it${why}` };
}

/** What a rule may name in a pod, any will do; that of this request need not be a name at all. */
const INSIDE = {
  exec: { containers: ['any'], commands: [['any']] },
  attach: { containers: ['any'] },
  portforward: { ports: [1] },
} as const;

/** The request's own words as a rule, for every place that a rule can have. Whether one may be written is for the schema. */
function rulesOf(request: ApiRequest): Rule[] {
  const verbs = [request.verb] as Rule['verbs'];
  if (request.kind === 'nonResource') return [{ nonResourceURLs: [request.path], verbs }];
  const key = ruleKey(request);
  const kind = streamKindOf(request.apiGroup, key);
  const rule = { apiGroups: [request.apiGroup], resources: [key], verbs, ...(kind && INSIDE[kind]) };
  const { namespace } = request;
  const places = [
    ...(namespace === undefined ? [] : [{ namespaces: [namespace] }]),
    { allNamespaces: true },
    { clusterScoped: true },
  ] as const;
  return places.map((place) => ({ ...place, ...rule }) as Rule);
}
