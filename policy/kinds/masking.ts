// What is hidden in all that these agents read, beyond Secrets: texts of well-known shapes, and texts that the policy's own
// patterns match. The strict schema; that a pattern compiles is looked at where a policy is read (parse.ts).
import * as z from 'zod';
import { label, subdomain } from './words.ts';

/** What one text can cost at worst is their number times the size of each. */
export const MAX_PATTERNS = 16;

const pattern = z.strictObject({
  name: label.describe('What stands, in logs, where it matched.'),
  pattern: z
    .string()
    .min(1)
    .max(512)
    .describe(
      'A regular expression in RE2 syntax, matched line by line. The group named hide is hidden, or all that it matches.',
    ),
});

const release = z.strictObject({
  namespace: label,
  name: subdomain.max(53).describe('The release, as helm list names it.'),
});

export const MaskingRules = z
  .strictObject({
    wellKnown: z
      .literal(true)
      .optional()
      .describe('Hide keys, tokens and passwords of shapes that are widely known.'),
    patterns: z
      .array(pattern)
      .min(1)
      .max(MAX_PATTERNS)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'has a name twice')
      .optional()
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
      .describe('Hide what these match.'),
    releases: z
      .array(release)
      .min(1)
      .max(64)
      .refine(
        (list) => new Set(list.map(({ namespace, name }) => `${namespace}/${name}`)).size === list.length,
        'has a release twice',
      )
      .optional()
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['namespace', 'name'] })
      .describe('Helm releases in which nothing is hidden.'),
  })
  .refine((rules) => Object.values(rules).some((each) => each !== undefined), 'hides and exempts nothing');

export type MaskingRules = z.infer<typeof MaskingRules>;

const patternsOf = (rules: MaskingRules | undefined) => rules?.patterns?.map(({ pattern }) => ({ pattern }));

/** Whether under `now` something is hidden that was not under `then`. */
export function hidesMore(now: MaskingRules | undefined, then: MaskingRules | undefined): boolean {
  const key = (of: object) => JSON.stringify(Object.entries(of).sort());
  const lacks = (list: readonly object[] = [], of: readonly object[] = []) =>
    list.some((one) => !of.some((other) => key(other) === key(one)));
  return (
    (now?.wellKnown === true && then?.wellKnown !== true) ||
    // What a pattern is called hides nothing.
    lacks(patternsOf(now), patternsOf(then)) ||
    lacks(then?.releases, now?.releases)
  );
}
