// A review as its asker wrote it, read to the last field: what is not understood is not forwarded, and what is forwarded is
// printed from what was read. Fields and bounds are those of k8s.io/api/authorization/v1 (1.36).
import * as z from 'zod';
import { parse } from '../kinds/parse-strictly.ts';
import type { ReviewKind } from './kind.ts';

export const API_VERSION = 'authorization.k8s.io/v1';

/** Go prints what is not there as null in places. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((it) => it ?? undefined);

const text = optional(z.string());
const texts = optional(z.array(z.string()));
const selector = optional(
  z.strictObject({
    rawSelector: text,
    requirements: optional(z.array(z.strictObject({ key: text, operator: text, values: texts }))),
  }),
);
const attributes = {
  resourceAttributes: optional(
    z.strictObject({
      namespace: text,
      verb: text,
      group: text,
      version: text,
      resource: text,
      subresource: text,
      name: text,
      fieldSelector: selector,
      labelSelector: selector,
    }),
  ),
  nonResourceAttributes: optional(z.strictObject({ path: text, verb: text })),
};
const subject = { user: text, groups: texts, uid: text, extra: z.unknown().optional() };

const selfAccess = z.strictObject(attributes);
const othersAccess = z.strictObject({ ...attributes, ...subject });
const selfRules = z.strictObject({ namespace: text });

const review = <S extends z.ZodType>(kind: ReviewKind, spec: S) =>
  z.strictObject({
    apiVersion: optional(z.literal(API_VERSION)),
    kind: optional(z.literal(kind)),
    // Neither is asked for; clients print both, empty.
    metadata: z.unknown().optional(),
    status: z.unknown().optional(),
    spec,
  });

const SCHEMAS = {
  SelfSubjectAccessReview: review('SelfSubjectAccessReview', selfAccess),
  SelfSubjectRulesReview: review('SelfSubjectRulesReview', selfRules),
  SubjectAccessReview: review('SubjectAccessReview', othersAccess),
  LocalSubjectAccessReview: review('LocalSubjectAccessReview', othersAccess),
};

/** What a SelfSubjectAccessReview asks, whoever's it is: exactly one of the two. */
export type AccessSpec = z.infer<typeof selfAccess>;
export type ResourceAttributes = NonNullable<AccessSpec['resourceAttributes']>;
export type NonResourceAttributes = Partial<NonNullable<AccessSpec['nonResourceAttributes']>>;
export type Subject = Partial<Pick<z.infer<typeof othersAccess>, keyof typeof subject>>;

export type Review =
  | {
      readonly kind: Exclude<ReviewKind, 'SelfSubjectRulesReview'>;
      readonly access: AccessSpec;
      /** Whom it asks about; undefined: who asks. */
      readonly subject: Subject | undefined;
    }
  | { readonly kind: 'SelfSubjectRulesReview'; readonly namespace: string };

export interface Unread {
  readonly kind: 'unread';
  /** A clause about the body. */
  readonly why: string;
}

/** Reads a parsed body. `namespace` is the URL's, which a LocalSubjectAccessReview must keep to. */
export function readReview(kind: ReviewKind, body: unknown, namespace: string | undefined): Review | Unread {
  if (kind === 'SelfSubjectRulesReview') {
    const read = parse(SCHEMAS[kind], body);
    if (read.kind === 'invalid') return unread(`its ${read.field || 'body'} ${read.why}`);
    const asked = read.value.spec.namespace;
    return asked ? { kind, namespace: asked } : unread('its spec.namespace is missing');
  }
  const read = parse(SCHEMAS[kind], body);
  if (read.kind === 'invalid') return unread(`its ${read.field || 'body'} ${read.why}`);
  const { spec } = read.value;
  const { resourceAttributes, nonResourceAttributes, ...whom }: AccessSpec & Subject = spec;
  if ((resourceAttributes === undefined) === (nonResourceAttributes === undefined))
    return unread('its spec has not exactly one of resourceAttributes and nonResourceAttributes');
  if (namespace !== undefined && resourceAttributes?.namespace !== namespace)
    return unread("its spec.resourceAttributes.namespace is not the URL's");
  const access = { resourceAttributes, nonResourceAttributes };
  return { kind, access, subject: kind === 'SelfSubjectAccessReview' ? undefined : whom };
}

const unread = (why: string): Unread => ({ kind: 'unread', why });
