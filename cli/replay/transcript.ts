// A recording as lines to read: pure. Each says when, and whose it is, so that no line of the one can look like the other's, and
// holds nothing that a terminal obeys. It costs no more than the text is long, wherever an agent has cut it.

import { asText } from './harmless.ts';
import type { Agent, Joined } from './join.ts';
import { rows } from './rows.ts';
import { type Said, saidBy } from './said.ts';

/** Returns that follow each other end one line. */
const LINE_END = /\r+\n?|\n/;
/** What is longer is not kept until its end comes. */
const MAX_BEGUN = 4096;

/** `columns`: of the terminal that it is for; undefined: none. */
export function* transcript(
  { agent, header, events, remarks }: Joined,
  columns: number | undefined,
): Generator<string> {
  yield* heading(agent, header);
  yield '';
  const lines = createLines();
  for (const event of events) {
    const said = saidBy(event);
    if (said !== undefined) yield* printed(lines.add(said, event[0]), columns);
  }
  yield* printed(lines.end(), columns);
  for (const remark of remarks) yield `chaperone: ${remark}`;
}

function* printed(lines: readonly Line[], columns: number | undefined): Generator<string> {
  for (const { seconds, kind, text } of lines)
    yield* rows(`${seconds.toFixed(3).padStart(9)} ${kind.padEnd(4)} `, asText(text), columns);
}

interface Line {
  /** Of its beginning. */
  readonly seconds: number;
  readonly kind: Said['kind'];
  readonly text: string;
}

/** What was said, piece by piece, as the lines of each side. */
function createLines() {
  let begun = '';
  /** Returns were the last of it: half a line end, perhaps. */
  let isReturned = false;
  let seconds = 0;
  let kind: Said['kind'] = 'note';

  function end(): Line[] {
    const line = { seconds, kind, text: begun };
    const isEmpty = begun === '';
    begun = '';
    isReturned = false;
    return isEmpty ? [] : [line];
  }

  return {
    end,
    add(said: Said, atSeconds: number): Line[] {
      const lines = said.kind === kind ? [] : end();
      kind = said.kind;
      const text = (isReturned ? '\r' : '') + said.text;
      const whole = withoutReturns(text);
      isReturned = whole.length < text.length;
      for (const [at, piece] of whole.split(LINE_END).entries()) {
        if (at > 0) {
          lines.push({ seconds, kind, text: begun });
          begun = '';
        }
        if (begun === '') seconds = atSeconds;
        begun += piece;
      }
      return begun.length > MAX_BEGUN || kind === 'note' ? [...lines, ...end()] : lines;
    },
  };
}

function withoutReturns(text: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === '\r') end -= 1;
  return text.slice(0, end);
}

/** Who, when, and what was asked for. */
export function heading(agent: Agent | undefined, { timestamp, title }: Joined['header']): string[] {
  const who = agent && `agent ${agent.namespace}/${agent.serviceAccount}, pod ${agent.uid}`;
  const when = new Date(timestamp * 1000).toISOString();
  return [asText(title), asText([when, ...(who === undefined ? [] : [who])].join(', '))];
}
