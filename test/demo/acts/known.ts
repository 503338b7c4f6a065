// What everybody can know of it afterwards: records, spans, and that no value slipped out.
import { DATABASE_PASSWORD, TLS_KEY } from '../names.ts';
import { postSpans } from '../post-spans.ts';
import { isMissing, type Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';
import { traceTree } from '../trace-tree.ts';

/** They are sent every five seconds, and a busy machine sends them late. */
const SPANS_MS = 30_000;

/** `heard`: all that the agent was told, but for what a Grant revealed. */
export async function known(stage: Stage, screen: Screen, heard: string): Promise<void> {
  screen.chapter('What everybody can know of it');
  const { command, text } = await stage.records();
  const record = text.split('\n').find((line) => line.includes('"name":"database"')) ?? '{}';
  const { time, caller, verb, namespace, resource, name, decision, refusal } = JSON.parse(record) as Record<
    string,
    string
  >;
  screen.step({
    step: 'the refusals are recorded',
    command,
    expected: 'the record of a denial',
    outcome: JSON.stringify({ time, caller, verb, namespace, resource, name, decision, refusal }),
    ok: decision === 'denial',
  });
  const leaked = [TLS_KEY, DATABASE_PASSWORD].filter((value) => `${heard}${text}`.includes(value));
  screen.step({
    step: 'no value was told but the one that a Grant revealed',
    command: 'search of everything that the agent was told, and of the records',
    expected: 'neither value',
    outcome: leaked.join(' ') || 'neither value',
    ok: leaked.length === 0,
  });
  await spans(stage, screen);
}

async function spans({ collector }: Stage, screen: Screen): Promise<void> {
  const step = 'every call is a span at the OpenTelemetry Collector, a command each';
  if (isMissing(collector)) return screen.leaveOut({ step, left_out: collector.missing });
  // A command's own span comes last, when no further call of it came for two seconds.
  const isLast = ({ attributes }: { attributes: object }) => JSON.stringify(attributes).includes('"delete"');
  const last = await collector.until(isLast, 'the span of the refused delete', SPANS_MS);
  await collector.until(
    ({ spanId }) => spanId === last.parentSpanId,
    'the span of the last command',
    SPANS_MS,
  );
  // The controller tells its own decisions too; here it is the agent's calls that matter.
  const own = (await collector.spans()).filter(({ resource }) =>
    ['chaperone-sidecar', 'chaperone-run'].includes(`${resource['service.name']}`),
  );
  const calls = own.filter(({ parentSpanId }) => parentSpanId !== '');
  const denied = calls.filter(({ attributes }) => attributes['chaperone.decision'] === 'denial');
  screen.step({
    step,
    command: 'the traces that it received',
    expected: 'permits and denials',
    outcome: `${calls.length} calls, ${denied.length} of them denied`,
    ok: denied.length > 0 && denied.length < calls.length,
  });
  for (const line of traceTree(own)) screen.note(line);
  await postSpans(collector);
}
