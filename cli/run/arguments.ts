// The command line of `chaperone run`, read once into data.
import { parseArgs } from 'node:util';
import { type Mode, OPEN } from '../../policy/mode.ts';
import { UsageError } from '../usage-error.ts';

export interface RunArguments {
  /** Undefined in OPEN alone: a policy without a rule. */
  readonly policy: string | undefined;
  /** What holds instead of the policy's own mode. */
  readonly mode: Mode | undefined;
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** 0: one that the system chooses. */
  readonly port: number;
  readonly kubeconfigOut: string | undefined;
  /** Empty: stay up until interrupted, as `kubectl proxy` does. */
  readonly command: readonly string[];
}

export const RUN_HELP = `Run a command whose kubectl, Helm and client libraries are governed by a policy.

Usage:
  chaperone run --policy FILE [options] -- COMMAND [ARG…]
  chaperone run --policy FILE [options]            stays up, as kubectl proxy does

Options:
  --policy FILE          one AgentPolicy and any number of Grants (YAML); edits are taken up at once
  --observe              no denial of the policy takes effect; each is recorded, and told at the end
  --unmasked --open      with --observe: nor do masking and the closed list, and --policy may be
                         left out; for finding out what a tool needs, never for an agent
  --kubeconfig FILE      the kubeconfig with the real credential (default: as kubectl finds it)
  --context NAME         the context to use (default: its current one)
  --port N               the port on 127.0.0.1 and ::1 (default: a free one)
  --kubeconfig-out FILE  write the agent's kubeconfig there, its CA and token in files beside it
  -h, --help             this text

COMMAND gets a KUBECONFIG of its own that leads to the sidecar; its stdin, signals and exit code are
passed on. A summary of allowed, denied and masked calls comes on stderr at the end.

In FILE the policy's "agents" and the Grants' "pod" are not used. A Grant's clock starts when its
name is first read; an edit never restarts it, and a removed one stays ended. A file that is broken
by an edit keeps the last good one in force, and says so.

Each call is recorded as one JSON line: on stdout without COMMAND, else in a file that is named at
the end. What is said in an exec or attach goes to files that chaperone replay shows, in a folder
that is named there too. Spans go to OTEL_EXPORTER_OTLP_ENDPOINT, where it is set.

No webhook sees what COMMAND writes of pods and their templates: it is judged as it is sent, whole,
and a patch of them is refused.

This boundary is weaker than an injected sidecar's: COMMAND runs as the same user as the real
credential, and could read it from the kubeconfig. It governs tools, not an adversary.

Exit codes: COMMAND's own; 127 where it is not found, 126 where it cannot be run, 128+N where signal
N ended it; 64 where the command line, the kubeconfig or the policy must be changed.

Example:
  chaperone run --policy triage.yaml -- kubectl get pods -n shop
  chaperone run --observe --policy triage.yaml -- ./deploy.sh
`;

const HINT = 'see chaperone run --help';

/** Throws UsageError with one line that names the flag. */
export function readRunArguments(argv: readonly string[]): RunArguments | 'help' {
  const separator = argv.indexOf('--');
  const flags = separator === -1 ? argv : argv.slice(0, separator);
  const command = separator === -1 ? [] : argv.slice(separator + 1);
  const values = parseFlags(flags);
  if (values.help) return 'help';
  const mode = modeOf(values);
  if (!values.policy && (mode !== OPEN || values.policy === ''))
    throw new UsageError(`--policy FILE is required; ${HINT}`);
  if (separator !== -1 && !command[0]) throw new UsageError(`-- must be followed by a COMMAND; ${HINT}`);
  const port = values.port ?? '0';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
    throw new UsageError(`--port: "${port}" is not a port (0 to 65535)`);
  return {
    policy: values.policy,
    mode,
    kubeconfig: values.kubeconfig,
    context: values.context,
    port: Number(port),
    kubeconfigOut: values['kubeconfig-out'],
    command,
  };
}

/** One thing in two words, so that neither half is asked for by accident. */
function modeOf({ observe, unmasked, open }: ReturnType<typeof parseFlags>): Mode | undefined {
  if (unmasked !== open || (open && !observe))
    throw new UsageError(`--unmasked and --open are taken together, and with --observe; ${HINT}`);
  if (open) return OPEN;
  return observe ? 'Observe' : undefined;
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        policy: { type: 'string' },
        observe: { type: 'boolean', default: false },
        unmasked: { type: 'boolean', default: false },
        open: { type: 'boolean', default: false },
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        port: { type: 'string' },
        'kubeconfig-out': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(explain(error as NodeJS.ErrnoException));
  }
}

/** Node's own first sentence names the flag; that a command comes after `--` is for us to say. */
function explain({ code, message }: NodeJS.ErrnoException): string {
  const [what = ''] = message.split(/\.\s/, 1);
  const next = code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL' ? 'COMMAND comes after --' : HINT;
  return `${what.charAt(0).toLowerCase()}${what.slice(1)}; ${next}`;
}
