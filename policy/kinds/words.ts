// The small words that the kinds are made of, each with its pattern and its bound. No wildcard fits any of them.
// Bounds keep a kind below what etcd stores, CEL on it cheap, and a mistake in it small.
import * as z from 'zod';
import { DURATION_PATTERN, parseDuration } from '../duration.ts';

export const MAX_RULES = 128;
export const MAX_SCOPES = 32;

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** RFC 1123 label: the name of a namespace or a scope. */
export const label = z
  .string()
  .max(63)
  .regex(new RegExp(`^${LABEL}$`), 'is not a DNS-1123 label (lower case letters, digits and -)');

/** RFC 1123 subdomain: the name of most objects. */
export const subdomain = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    'is not a DNS-1123 subdomain (lower case letters, digits, - and .)',
  );

/** An API group; the empty string is the core group. */
export const apiGroup = z
  .string()
  .max(253)
  .regex(
    new RegExp(`^(${LABEL}(\\.${LABEL})*)?$`),
    'is not an API group ("" is the core group; there is no wildcard)',
  );

/** `pods`, or `pods/log` for a subresource. */
export const resource = z
  .string()
  .max(127)
  .regex(
    new RegExp(`^${LABEL}(/${LABEL})?$`),
    'is not a resource in lower case, such as pods or pods/log (there is no wildcard)',
  );

/** The name of one object; RBAC's kinds allow the colon. */
export const objectName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9._:]*[A-Za-z0-9])?$/, "is not an object's name (there is no wildcard)");

/** A path that is no resource's, exactly. */
export const nonResourcePath = z
  .string()
  .max(253)
  .regex(/^(\/[A-Za-z0-9][-A-Za-z0-9._]*)+$/, 'is not a plain path such as /metrics (there is no wildcard)');

export const duration = z
  .string()
  .min(2)
  .max(24)
  .regex(DURATION_PATTERN, 'is not a duration such as 90s, 10m or 1h30m')
  .refine((text) => parseDuration(text) !== undefined, 'is not between 1s and a week (168h)');

/** One line that a person reads, in terminals and logs. */
export const line = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, 'is not one line of printable text')
  // Apart, for it stays out of the CRD: Go's regexp does not know it.
  .refine((text) => !/\p{Default_Ignorable_Code_Point}/u.test(text), 'holds what is drawn as nothing');

/** What Kubernetes keeps in an object's metadata, as far as anything here looks. */
export const metadata = z.looseObject({
  name: subdomain,
  namespace: label,
  uid: z.string().max(64).optional(),
  resourceVersion: z.string().max(64).optional(),
  deletionTimestamp: z.string().max(64).optional(),
});

/** metav1.Condition */
export const conditions = z
  .array(
    z.strictObject({
      type: z.string().min(1).max(63).describe('What the condition is about.'),
      status: z.enum(['True', 'False', 'Unknown']),
      reason: z.string().min(1).max(256).describe('One word for a program.'),
      message: z.string().max(2048).describe('One sentence for a person.'),
      lastTransitionTime: z.string().max(64).describe('When the status last changed (RFC 3339).'),
      observedGeneration: z.int().min(0).optional(),
    }),
  )
  .max(8)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });
