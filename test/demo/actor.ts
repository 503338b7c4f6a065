// An agent who does what it is told with a kubectl of its own; each deed is a step.
import type { Outcome } from '../cluster/run.ts';
import { waitFor } from '../cluster/wait.ts';
import type { Voice } from './stage.ts';
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
}

export interface Actor {
  does(step: string, argv: readonly string[], deed: Deed): Promise<Said>;
  /** Everything that it was told. */
  heard(): string;
}

/** A snapshot is sent at once; a busy machine may take longer to run kubectl. */
const PATIENCE_MS = 10_000;

export function createActor(voice: Voice, screen: Screen): Actor {
  const told: string[] = [];
  return {
    heard: () => told.join('\n'),
    async does(step, argv, { expected, fits, when = () => true, shows = ({ text }) => text }) {
      const probe = async () => {
        const answer = await voice(argv);
        told.push(answer.text);
        return when(answer) ? answer : undefined;
      };
      const said = await waitFor({ what: `this: ${step}`, timeoutMs: PATIENCE_MS, probe });
      screen.step({ step, command: typed(argv), expected, outcome: shows(said), ok: fits(said) });
      return said;
    },
  };
}

/** What `kubectl exec` adds in its own name: how the command ended, and on a busy machine that its stream ended first. */
const OF_EXEC = /^(?:command terminated with exit code |E\d{4} \S+ +\d+ websocket\.go:).*$/gm;

/** What kubectl said, without what `kubectl exec` adds. */
export function saidOf({ code, stdout, stderr }: Outcome): Said {
  return { code, text: `${stdout}${stderr.replace(OF_EXEC, '')}`.trim() };
}

/** As a person would type it. */
export function typed(argv: readonly string[]): string {
  const words = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`));
  return `kubectl ${words.join(' ')}`;
}

/** A refusal in the API server's own form, with these words in it. */
export function isForbidden({ code, text }: Said, words: string): boolean {
  return code !== 0 && text.includes('(Forbidden)') && text.includes(words);
}
