// The spans of a run as a tree for a terminal: a command each, its calls below it.
import type { Span } from '../cluster/collector.ts';

/** Two columns less than a terminal of 100 has. */
const WIDTH = 98;

/** Lines of at most 100 columns, in the order in which the commands began. */
export function traceTree(spans: readonly Span[]): string[] {
  const roots = spans.filter((span) => span.parentSpanId === '').sort(byStart);
  return roots.flatMap((root) => {
    const calls = spans.filter((span) => span.parentSpanId === root.spanId).sort(byStart);
    const lines = calls.map((call, at) =>
      `${at === calls.length - 1 ? '└─' : '├─'} ${lineOf(call)}`.slice(0, WIDTH).trimEnd(),
    );
    return [`${root.name} ${root.attributes['chaperone.command'] ?? ''}`.slice(0, WIDTH), ...lines];
  });
}

function lineOf({ name, attributes, startNano, endNano }: Span): string {
  const of = (fact: string) => attributes[`chaperone.${fact}`];
  const namespace = of('request.namespace');
  // A path says what was asked where no resource does.
  const what = of('request.resource') === undefined ? attributes['url.path'] : of('request.name');
  const asked = [name, what, namespace && `-n ${namespace}`].filter(Boolean).join(' ');
  const hidden = Number(of('masked_values') ?? 0);
  const why = `${of('refusal') ?? of('rule') ?? ''}${hidden > 0 ? `, ${hidden} hidden` : ''}`;
  const ms = `${(endNano - startNano) / 1_000_000n} ms`;
  return `${asked.padEnd(36)} ${attributes['http.response.status_code']} ${ms.padStart(8)}  ${why}`;
}

function byStart(a: Span, b: Span): number {
  return a.startNano < b.startNano ? -1 : 1;
}
