// Which requests are answered with bodies that hold secret values. Group and resource decide; the API version, the
// subresource and the verb never do.

/** The part of an ApiRequest that is looked at. */
export type Asked =
  | { readonly kind: 'nonResource' }
  | { readonly kind: 'resource'; readonly apiGroup: string; readonly resource: string };

const PROTECTED: readonly { readonly apiGroup: string; readonly resource: string }[] = [
  { apiGroup: '', resource: 'secrets' },
];

/** Whether the answer goes through a masker and the request through `negotiateJson`. */
export function isProtected(asked: Asked): boolean {
  return (
    asked.kind === 'resource' &&
    PROTECTED.some((it) => it.apiGroup === asked.apiGroup && it.resource === asked.resource)
  );
}
