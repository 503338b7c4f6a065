// One rule of an AgentPolicy or a Grant. A rule says where it holds in exactly one way; there is no wildcard.
// What would be an escalation by breadth cannot be written: protected resources everywhere, closed resources unnamed.
import * as z from 'zod';
import { PodSpecPermits } from './pod-spec.ts';
import {
  checkClosed,
  checkFilter,
  checkNames,
  checkPodSpec,
  checkProtected,
  checkReveal,
  checkScope,
  checkShape,
  checkStream,
  PLACES,
} from './rule-checks.ts';
import { streamFields } from './stream-rule.ts';
import { apiGroup, label, nonResourcePath, objectName, resource } from './words.ts';

/** The verbs of RequestInfo; `head` is for nonResourceURLs alone. */
const verb = z.enum([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'head',
]);

const fields = {
  namespaces: z.array(label).min(1).max(64).optional().describe('The namespaces it holds in.'),
  allNamespaces: z
    .literal(true)
    .optional()
    .describe('It holds in every namespace, and for lists across them; never for protected resources.'),
  clusterScoped: z.literal(true).optional().describe('It holds for resources that lie in no namespace.'),
  nonResourceURLs: z
    .array(nonResourcePath)
    .min(1)
    .max(32)
    .optional()
    .describe('It holds for exactly these paths, which are no resources.'),
  apiGroups: z.array(apiGroup).min(1).max(8).optional().describe('API groups; "" is the core group.'),
  resources: z
    .array(resource)
    .min(1)
    .max(32)
    .optional()
    .describe('Resources, and subresources by their full name.'),
  resourceNames: z
    .array(objectName)
    .min(1)
    .max(64)
    .optional()
    .describe(
      'Only these objects; a list or watch then has to name one by fieldSelector, unless filter is set.',
    ),
  verbs: z.array(verb).min(1).max(9).describe('Verbs of the Kubernetes API.'),
};

/** CEL of what `checkShape` says first, so that a server without our webhook refuses it too. */
const validations = {
  'x-kubernetes-validations': [
    {
      rule: `[${PLACES.map((scope) => `has(self.${scope})`).join(', ')}].filter(x, x).size() == 1`,
      message: `a rule has exactly one of ${PLACES.join(', ')}`,
    },
  ],
};

/** A rule of `never`: as broad as one likes, since it only takes away. */
export const NeverRule = z.strictObject(fields).meta(validations).superRefine(checkShape);

/** A rule that gives access. */
export const Rule = z
  .strictObject({
    ...fields,
    reveal: z
      .literal(true)
      .optional()
      .describe('Show the real values of these Secrets; only for get by name.'),
    filter: z
      .literal(true)
      .optional()
      .describe('A list or watch that names no object is let through, and shows only these objects.'),
    podSpec: PodSpecPermits.optional().describe('What pods that are written under it may have, by name.'),
    ...streamFields,
  })
  .meta(validations)
  .superRefine((rule, ctx) => {
    checkShape(rule, ctx);
    checkScope(rule, ctx);
    checkNames(rule, ctx);
    checkProtected(rule, ctx);
    checkReveal(rule, ctx);
    checkFilter(rule, ctx);
    checkPodSpec(rule, ctx);
    checkStream(rule, ctx);
    checkClosed(rule, ctx);
  });

export type NeverRule = z.infer<typeof NeverRule>;
export type Rule = z.infer<typeof Rule>;
