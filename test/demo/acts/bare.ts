// Without pods: what the API server refuses by itself, and what a controller says that nothing waits for.

import { ok } from '../../cluster/pods.ts';
import { waitFor } from '../../cluster/wait.ts';
import { saidOf, typed } from '../actor.ts';
import { agentPod } from '../objects.ts';
import { GRANT_SECONDS, policy, revealingGrant } from '../rules.ts';
import type { Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';

/** More than the Grant's time and a pass of the controller. */
const STATUS_MS = 20_000;

export async function bare(stage: Stage, screen: Screen): Promise<void> {
  screen.chapter('What holds without a sidecar');
  await refusedByItself(stage, screen);
  await saidByController(stage, screen);
}

async function refusedByItself({ names, kubectl }: Stage, screen: Screen): Promise<void> {
  const tries = async (step: string, argv: readonly string[], words: string, object?: object) => {
    const said = saidOf(await kubectl(argv, object && { input: JSON.stringify(object) }));
    screen.step({
      step,
      command: `${typed(argv)}${object === undefined ? '' : ` < ${fileOf(object)}`}`,
      expected: 'refused',
      outcome: said.text,
      ok: said.code !== 0 && said.text.includes(words),
    });
  };
  const create = ['create', '-n', names.agents, '-f', '-'];
  const wide = policy(names);
  const [rule] = wide.spec.standing.rules;
  const spec = { ...wide.spec, standing: { lifetime: '8h', rules: [{ ...rule, resources: ['*'] }] } };
  await tries('a wildcard cannot be written', create, 'resources', {
    ...wide,
    metadata: { ...wide.metadata, name: 'wide' },
    spec,
  });
  await tries(
    'no agent starts without a sidecar, and no webhook is needed for it',
    create,
    'has no sidecar',
    {
      ...agentPod(names.agents, 'agent'),
      metadata: { name: 'second', namespace: names.agents },
    },
  );
  const unlabel = ['label', 'namespace', names.agents, 'chaperone.dev/inject-'];
  await tries('the label stays while a policy stands', unlabel, 'would govern nobody');
}

async function saidByController({ names, agentUid, kubectl }: Stage, screen: Screen): Promise<void> {
  const grant = revealingGrant(names, agentUid);
  const get = (what: string, path: string) => [
    'get',
    ...what.split(' '),
    '-n',
    names.agents,
    '-o',
    `jsonpath=${path}`,
  ];
  const shows = async (step: string, argv: readonly string[], expected: string, fits: RegExp) => {
    const probe = async () => {
      const { stdout } = await kubectl(argv);
      return fits.test(stdout) ? stdout : undefined;
    };
    const outcome = await waitFor({ what: `this: ${step}`, timeoutMs: STATUS_MS, probe });
    screen.step({ step, command: typed(argv), expected, outcome, ok: true });
  };
  const condition = get('agentpolicy triage', '{.status.conditions[0].type}={.status.conditions[0].status}');
  await shows(
    'the controller says that a policy is understood',
    condition,
    'Accepted=True',
    /^Accepted=True$/,
  );
  await ok(kubectl(['create', '-f', '-'], { input: JSON.stringify(grant) }));
  const phase = get(`grant ${grant.metadata.name}`, '{.status.phase} {.status.expiresAt}');
  await shows('it says when a Grant ends', phase, 'Active, and until when', /^Active \S+$/);
  await shows(`and ends it, ${GRANT_SECONDS} seconds after it began`, phase, 'Ended', /^Ended /);
}

function fileOf(object: object): string {
  return `${(object as { kind: string }).kind.toLowerCase()}.yaml`;
}
