// A recording as lines to read: pure. Each says when, and whose it is, so that no line of the one can look like the other's, and
// holds nothing that a terminal obeys.

import { asText } from './harmless.ts';
import type { Agent, Joined } from './join.ts';
import { type Said, saidBy } from './said.ts';

/** A return at the end may be the first half of one. */
const LINE_END = /\r*\n|\r(?!\r*$)/;
/** What is longer goes on in the next row. */
const MAX_ROW = 4096;

export function* transcript({ agent, header, events, remarks }: Joined): Generator<string> {
  yield* heading(agent, header);
  yield '';
  let seconds = 0;
  let kind: Said['kind'] = 'note';
  let begun = '';

  const row = (text: string): string =>
    `${seconds.toFixed(3).padStart(9)} ${kind.padEnd(4)} ${asText(text.replace(/\r+$/, ''))}`;

  for (const event of events) {
    const said = saidBy(event);
    if (said === undefined) continue;
    if (begun !== '' && said.kind !== kind) {
      yield row(begun);
      begun = '';
    }
    if (begun === '') seconds = event[0];
    kind = said.kind;
    const lines = (begun + said.text).split(LINE_END);
    begun = kind === 'note' ? '' : (lines.pop() ?? '');
    for (const line of lines) {
      yield row(line);
      seconds = event[0];
    }
    if (begun.length > MAX_ROW) {
      yield row(begun);
      begun = '';
    }
  }
  if (begun !== '') yield row(begun);
  for (const remark of remarks) yield `chaperone: ${remark}`;
}

/** Who, when, and what was asked for. */
export function heading(agent: Agent | undefined, { timestamp, title }: Joined['header']): string[] {
  const who = agent && `agent ${agent.namespace}/${agent.serviceAccount}, pod ${agent.uid}`;
  const when = new Date(timestamp * 1000).toISOString();
  return [asText(title), asText([when, ...(who === undefined ? [] : [who])].join(', '))];
}
