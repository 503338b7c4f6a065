// Where the demo is played: what every place has, and what only some have. What is missing says why, and the steps that need
// it are left out by name.
import type { Audit } from '../cluster/audit.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Collector } from '../cluster/collector.ts';
import type { Said } from './actor.ts';
import type { Names } from './names.ts';
import type { Reach } from './objects.ts';
import type { Kind } from './rules.ts';

/** Runs kubectl with these arguments as an agent. */
export type Voice = (argv: readonly string[]) => Promise<Said>;

export interface Missing {
  readonly missing: string;
}

export function isMissing(part: object): part is Missing {
  return 'missing' in part;
}

/** What there is where agents run in pods. */
export interface Pods {
  /** Of the token that must not be found, where it can be known. */
  readonly signature: string | undefined;
  /** What was recorded under an Audit-ID, as a person reads it, and the command that shows it. */
  readonly replay: (id: string) => Promise<{ readonly command: string; readonly text: string }>;
}

export interface Stage {
  readonly names: Names;
  /** Who plays, a line each. */
  readonly cast: readonly string[];
  /** How far RBAC lets the agents go. */
  readonly reach: Reach;
  /** As the person. */
  readonly kubectl: Cluster['kubectl'];
  /** The agent without chaperone, and with it. */
  readonly loose: Voice;
  readonly governed: Voice;
  /** What Grants name: the governed agent's pod. */
  readonly agentUid: string;
  readonly give: (grant: Kind) => Promise<void>;
  readonly revoke: (grant: Kind) => Promise<void>;
  /** The records of the governed agent's calls, and the command that shows them. */
  readonly records: () => Promise<{ readonly command: string; readonly text: string }>;
  readonly pods: Pods | Missing;
  /** What shows without pods only: a controller that nothing waits for, and static policies that no webhook precedes. */
  readonly bare: boolean;
  readonly audit: Audit | Missing;
  readonly collector: Collector | Missing;
  /** Takes away everything that it made. */
  readonly stop: () => Promise<void>;
  /** How to play on, where it is kept. */
  readonly playOn: readonly string[];
}
