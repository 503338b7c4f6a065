// The agent of a namespace, who does what it is told with the kubectl in its own container; each deed is a step.
import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait.ts';
import { AGENT } from './objects.ts';
import type { Screen } from './steps.ts';

export interface Said {
  readonly code: number;
  readonly text: string;
}

export interface Deed {
  readonly expected: string;
  readonly fits: (said: Said) => boolean;
  /** It is done again until this holds: a Grant is given or taken somewhere else at the same time. */
  readonly when?: (said: Said) => boolean;
  /** What is shown of what was said; all of it unless given. */
  readonly shows?: (said: Said) => string;
  /** Is looked up afterwards and said in a line of its own. */
  readonly also?: () => Promise<string>;
}

export interface Actor {
  does(step: string, argv: readonly string[], deed: Deed): Promise<Said>;
  /** Everything that it was told. */
  heard(): string;
}

/** A snapshot is sent at once; a busy machine may take longer to run kubectl. */
const PATIENCE_MS = 10_000;

export function createActor(cluster: Cluster, namespace: string, screen: Screen): Actor {
  const told: string[] = [];
  const run = async (argv: readonly string[]): Promise<Said> => {
    const inPod = ['exec', '-n', namespace, AGENT, '-c', 'agent', '--', 'kubectl', ...argv];
    const { code, stdout, stderr } = await cluster.kubectl(inPod);
    const text = `${stdout}${stderr.replace(/^command terminated with exit code .*$/m, '')}`.trim();
    told.push(text);
    return { code, text };
  };
  return {
    heard: () => told.join('\n'),
    async does(step, argv, { expected, fits, when = () => true, shows = ({ text }) => text, also }) {
      const probe = async () => {
        const answer = await run(argv);
        return when(answer) ? answer : undefined;
      };
      const answer = await waitFor({ what: `this: ${step}`, timeoutMs: PATIENCE_MS, probe });
      const more = await also?.();
      const said = more === undefined ? answer : { ...answer, text: `${answer.text}\n${more}` };
      const command = `kubectl ${argv.map(quoted).join(' ')}`;
      screen.step({ step, command, expected, outcome: shows(said), ok: fits(said) });
      return said;
    },
  };
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`;
}
