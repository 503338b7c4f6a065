// The command line of `chaperone replay`, read once into data.
import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.ts';

export interface ReplayArguments {
  readonly what:
    | { readonly kind: 'list' }
    /** `uid`: of the agent's pod, where an id alone does not say which. */
    | { readonly kind: 'kept'; readonly uid: string | undefined; readonly id: string }
    | { readonly kind: 'file'; readonly path: string };
  readonly text: boolean;
  /** How many times as fast as it was. */
  readonly speed: number;
  readonly namespace: string;
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

export const REPLAY_HELP = `Show what was recorded of an exec, attach or port-forward of an agent.

Usage:
  chaperone replay                     lists what is kept, the newest last
  chaperone replay ID [options]        ID: the Audit-ID of the call, as its record has it
  chaperone replay FILE [options]      a recording of chaperone run, or another asciicast v2

Options:
  --text              print it line by line, with who said it, and nothing that a terminal obeys
  --speed N           so many times as fast as it was (default: 1)
  -n, --namespace NS  the namespace of chaperone (default: chaperone-system)
  --kubeconfig FILE   the kubeconfig of who reads (default: as kubectl finds it)
  --context NAME      the context to use (default: its current one)
  -h, --help          this text

It shows what the agent saw: hidden values are hidden here too. In a terminal it shows at its own
pace; what would make the terminal do more than show is left out.

Recordings are kept by the controllers for a week. Whoever may list pods and port-forward to them in
chaperone's namespace may read them (RBAC: pods, list; pods/portforward, create and get).

Exit codes: 1 where there is no such recording, or it cannot be read; 64 where the command line or
the kubeconfig must be changed.

Example:
  kubectl chaperone replay 6b7f0a52-0c1e-4f5f-8f0e-2f8f4f3c9f10 --text
`;

const HINT = 'see chaperone replay --help';
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const ID = new RegExp(`^(?:(?<uid>${UUID})/)?(?<id>${UUID})$`);
const MAX_SPEED = 1000;

/** Throws UsageError with one line that names the flag. */
export function readReplayArguments(argv: readonly string[]): ReplayArguments | 'help' {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  if (positionals.length > 1) throw new UsageError(`one recording at a time; ${HINT}`);
  const speed = Number(values.speed);
  if (!/^\d+(\.\d+)?$/.test(values.speed) || speed === 0 || speed > MAX_SPEED)
    throw new UsageError(`--speed: "${values.speed}" is not a number above 0, up to ${MAX_SPEED}`);
  const { text, namespace, kubeconfig, context } = values;
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    throw new UsageError(`--namespace: "${namespace}" is not a namespace's name`);
  return { what: whatOf(positionals[0]), text, speed, namespace, kubeconfig, context };
}

function whatOf(named: string | undefined): ReplayArguments['what'] {
  if (named === undefined) return { kind: 'list' };
  const { uid, id } = ID.exec(named)?.groups ?? {};
  return id === undefined ? { kind: 'file', path: named } : { kind: 'kept', uid, id };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        text: { type: 'boolean', default: false },
        speed: { type: 'string', default: '1' },
        namespace: { type: 'string', short: 'n', default: 'chaperone-system' },
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    const [what = ''] = (error as Error).message.split(/\.\s/, 1);
    throw new UsageError(`${what.charAt(0).toLowerCase()}${what.slice(1)}; ${HINT}`);
  }
}
