// The command line of the demo, read once into data.
import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run demo [-- OPTION…]

Boots a Kubernetes cluster on this machine, installs chaperone, and plays an agent's kubectl in a
real pod, before and after. Exits 1 if anything differs from what was expected.

Where this machine can host no node (not root, not Linux, no runc) it plays what "chaperone run"
and a control plane without nodes show, and says which steps it left out and why.

  --context NAME       play on the cluster of this kubeconfig context instead, in three namespaces
                       of its own; with chaperone as it is installed there, else with one that is
                       there for the demo
  --kubeconfig FILE    with --context: the file that has it (default: as kubectl finds it)
  --agent-image IMAGE  with --context: what the agents run, with sh, ls, find, grep and kubectl in
                       it; its nodes have it or pull it
  --image REPO:TAG     with --context, where chaperone is not installed: its image, likewise

  --json               an object a step: {step, command, expected, outcome, ok} or {step, left_out}
  --keep               leave everything up until Ctrl-C, and say how to play on
  --help               this text

On a cluster of yours it prints what it makes, and takes exactly that away in the end, also after
Ctrl-C. OTEL_EXPORTER_OTLP_ENDPOINT, where it is set, gets the spans too, if there is a collector.
`;

export interface Given {
  readonly context: string;
  readonly kubeconfig: string | undefined;
  readonly agentImage: string;
  readonly image: { readonly repository: string; readonly tag: string } | undefined;
}

export interface Options {
  readonly json: boolean;
  readonly keep: boolean;
  /** Absent: a cluster of the demo's own. */
  readonly given: Given | undefined;
}

/** What the person has to change about the command line; one line. */
export class UsageError extends Error {}

export function readOptions(argv: readonly string[]): Options | 'help' {
  const values = parse(argv);
  const { json = false, keep = false, help, context, kubeconfig, image } = values;
  const agentImage = values['agent-image'];
  if (help === true) return 'help';
  if (context === undefined) {
    const alone = Object.entries({ kubeconfig, 'agent-image': agentImage, image }).find(([, value]) => value);
    if (alone !== undefined) throw new UsageError(`--${alone[0]} belongs to --context NAME`);
    return { json, keep, given: undefined };
  }
  if (agentImage === undefined)
    throw new UsageError(
      '--context needs --agent-image IMAGE: what the agents run, with sh, ls, find, grep and kubectl in it',
    );
  return {
    json,
    keep,
    given: { context, kubeconfig, agentImage, image: image === undefined ? undefined : readImage(image) },
  };
}

/** `registry:5000/team/chaperone:0.1.0`: the chart takes a repository and a tag. */
function readImage(image: string): Given['image'] {
  const [, repository, tag] = /^(.+):([\w][\w.-]*)$/.exec(image) ?? [];
  if (repository === undefined || tag === undefined)
    throw new UsageError(`--image: "${image}" is not REPOSITORY:TAG`);
  return { repository, tag };
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    ...{ context: text, kubeconfig: text, 'agent-image': text, image: text },
    ...{ json: flag, keep: flag, help: flag },
  };
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
