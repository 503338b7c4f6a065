// What the demo calls its namespaces, its agent and what must not be seen.

export interface Names {
  /** Where the task is. */
  readonly shop: string;
  /** Where an agent lives without chaperone. */
  readonly loose: string;
  /** Where the same agent lives with it. */
  readonly agents: string;
}

export const ACCOUNT = 'triage-bot';
export const AGENT = 'triage';
/** What the shop runs: a pod, and its container. */
export const WEB = 'web';

/** What must not be seen without a Grant that reveals it. */
export const TLS_KEY = 'shop-private-key-5f1e0c';
export const DATABASE_PASSWORD = 'hunter2-of-the-database';

/** In a cluster of the demo's own. */
export const PLAIN_NAMES: Names = { shop: 'shop', loose: 'loose', agents: 'agents' };

/** In a cluster of other people: three that nobody else has. */
export const namesOf = (id: string): Names => ({
  shop: `demo-${id}-shop`,
  loose: `demo-${id}-loose`,
  agents: `demo-${id}-agents`,
});
