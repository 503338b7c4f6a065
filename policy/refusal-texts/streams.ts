// Why an exec, an attach or a port-forward is refused for what it would reach in a pod that some rule gives it: the container,
// the command, the port. Each says what the rules would let through there.
import { argv, word } from '../quoting.ts';
import { row } from './row.ts';

interface OfRules {
  /** `namespace/name` */
  readonly policy: string;
  /** What the live rules for this pod give, as a clause to add; bounded. */
  readonly near: string;
}

const gives = (what: string, { policy, near }: OfRules) =>
  `no live rule of AgentPolicy ${policy} gives ${what}${near}`;

const OR_OWNERS = 'or ask the owners of that policy for a rule that names it';

export const streamTexts = {
  ContainerNotNamed: row(
    403,
    (f: OfRules) =>
      `it names no container, and which one the API server would choose is not known here${f.near}`,
    'alter',
    'name one with container= in the query (kubectl: -c)',
  ),
  ContainerNotAllowed: row(
    403,
    (f: OfRules & { container: string }) => gives(`its container ${word(f.container)}`, f),
    'alter',
    `name a container that the rules give, ${OR_OWNERS}`,
  ),
  CommandNotAllowed: row(
    403,
    (f: OfRules & { container: string; command: readonly string[] }) =>
      gives(
        f.command.length === 0
          ? `no command in container ${word(f.container)}`
          : `the command ${argv(f.command)} in container ${word(f.container)}`,
        f,
      ),
    'alter',
    `run a command that begins, word by word, as the rules say, ${OR_OWNERS}`,
  ),
  PortNotAllowed: row(
    403,
    (f: OfRules & { port: number }) => gives(`port ${f.port}`, f),
    'alter',
    `use a port that the rules give, ${OR_OWNERS}`,
  ),
  RecordingAdded: row(
    403,
    (f: { rule: string; now: string }) =>
      `${f.rule} let it through recorded or not and no longer decides; ${f.now} does now, and wants it recorded from its beginning`,
    'retry',
    'to have it recorded',
  ),
};
