// What the agent does inside a pod: a command that a rule names, one that none does, and what a person sees of it later.
import { waitFor } from '../../cluster/wait.ts';
import { createActor } from '../actor.ts';
import { WEB } from '../names.ts';
import { isMissing, type Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';

const STEPS = {
  given: 'it runs a command that a rule names',
  refused: 'another command is refused, with those that are given',
  replayed: 'a person sees later what it saw',
} as const;

/** A busy machine writes the end of a record late. */
const RECORD_MS = 10_000;

/** Answers what the agent was told. */
export async function inside(stage: Stage, screen: Screen): Promise<string> {
  screen.chapter('What it does inside a pod');
  const { names, pods } = stage;
  if (isMissing(pods)) {
    for (const step of Object.values(STEPS)) screen.leaveOut({ step, left_out: pods.missing });
    return '';
  }
  const agent = createActor(stage.governed, screen);
  const exec = ['exec', WEB, '-c', WEB, '-n', names.shop, '--'];
  const { text: saw } = await agent.does(STEPS.given, [...exec, 'ls', '-l', '/etc/hosts'], {
    expected: 'what ls prints',
    fits: ({ code, text }) => code === 0 && text.endsWith(' /etc/hosts'),
  });
  await agent.does(STEPS.refused, [...exec, 'sh', '-c', 'cat /etc/shadow'], {
    expected: 'refused, with what the rules give',
    // Of a refused upgrade kubectl 1.36 says why, and not that it is Forbidden, as earlier ones do.
    fits: ({ code, text }) => code === 1 && /chaperone refuses .* what begins with: ls\. /.test(text),
  });
  const { command, text } = await pods.replay(await recordedExec(stage));
  screen.step({
    step: STEPS.replayed,
    command,
    expected: 'the command, and the same lines with their time',
    outcome: text,
    ok: text.includes('ls -l /etc/hosts') && saw !== '' && text.includes(` out  ${saw}\n`),
  });
  return agent.heard();
}

/** The Audit-ID of the exec that was let through, from its last record. */
function recordedExec({ records }: Stage): Promise<string> {
  return waitFor({
    what: 'the record of the exec that has ended',
    timeoutMs: RECORD_MS,
    async probe() {
      const { text } = await records();
      const last = text.split('\n').findLast((line) => line.includes('"ended":')) ?? '{}';
      return (JSON.parse(last) as { auditId?: string }).auditId;
    },
  });
}
