// The releases that a policy shows as they are, by name: which Secrets these are, and which of them a call may show.

export interface Release {
  readonly namespace: string;
  readonly name: string;
}

/** As Helm names the Secret of one revision (pkg/storage/storage.go, makeKey). A release's name is a DNS label or subdomain. */
const SECRET_NAME = /^sh\.helm\.release\.v1\.([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)\.v[1-9][0-9]*$/;

/** The release that a Secret of this name is a revision of; undefined: it is none's. */
export const releaseOf = (secretName: string): string | undefined => SECRET_NAME.exec(secretName)?.[1];

/** Whether a Secret by its metadata is a revision of one of these. */
export function isExempt(releases: readonly Release[], metadata: unknown): boolean {
  if (typeof metadata !== 'object' || metadata === null) return false;
  const { namespace, name } = metadata as Readonly<Record<string, unknown>>;
  const release = typeof name === 'string' ? releaseOf(name) : undefined;
  return releases.some((it) => it.namespace === namespace && it.name === release);
}

/**
 * Which of these a call on Secrets may show, as a record says it: `shop/web, shop/db`; undefined: none. A call without a name
 * may show all of its namespace, one without a namespace all.
 */
export function exemptAmong(
  releases: readonly Release[],
  { namespace, name }: { readonly namespace: string | undefined; readonly name: string | undefined },
): string | undefined {
  const shown = releases.filter(
    (it) =>
      (namespace === undefined || it.namespace === namespace) &&
      (name === undefined || it.name === releaseOf(name)),
  );
  return shown.length === 0 ? undefined : shown.map((it) => `${it.namespace}/${it.name}`).join(', ');
}
