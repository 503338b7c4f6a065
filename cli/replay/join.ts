// Recordings out of the lines that controllers have kept: pure. The parts of one, whichever replicas have them, are joined by the
// number of each line; what is there twice counts once, and what is missing is told.
import {
  type CastEvent,
  type CastHeader,
  type KeptLine,
  KeptLineSchema,
  LeftOutSchema,
} from '../../wire/recordings.ts';

export type Agent = Extract<KeptLine, { kind: 'part' }>['agent'];

export interface Joined {
  /** Undefined: of a file, which does not say. */
  readonly agent: Agent | undefined;
  readonly header: Pick<CastHeader, 'timestamp' | 'title'> & {
    /** Undefined: another program's. */
    readonly chaperone?: CastHeader['chaperone'] | undefined;
  };
  readonly events: readonly CastEvent[];
  /** What a person must know of it, a line each. */
  readonly remarks: readonly string[];
}

interface Parts {
  readonly agent: Agent;
  readonly header: CastHeader;
  readonly chunks: Map<number, readonly CastEvent[]>;
  /** The number of its last line. */
  end: number | undefined;
}

/** `answers`: of each controller its lines. A line that is none counts as missing. */
export function joinParts(answers: readonly (readonly string[])[]): Joined[] {
  const found = new Map<string, Parts>();
  for (const lines of answers) {
    let current: Parts | undefined;
    for (const text of lines) {
      const line = keptLine(text);
      if (line?.kind === 'part') current = partsOf(found, line);
      else if (line !== undefined && current !== undefined) take(current, line);
    }
  }
  return [...found.values()].map(joined);
}

function partsOf(found: Map<string, Parts>, line: Extract<KeptLine, { kind: 'part' }>): Parts {
  const { agent, header } = line;
  const key = `${agent.uid}/${header.chaperone.id}`;
  const parts = found.get(key) ?? { agent, header, chunks: new Map(), end: undefined };
  found.set(key, parts);
  return parts;
}

function take(parts: Parts, line: Exclude<KeptLine, { kind: 'part' }>): void {
  if (line.kind === 'close') parts.end = line.seq;
  else if (!parts.chunks.has(line.seq)) parts.chunks.set(line.seq, line.events);
}

function joined({ agent, header, chunks, end }: Parts): Joined {
  const numbers = [...chunks.keys()].sort((a, b) => a - b);
  const last = end === undefined ? (numbers.at(-1) ?? 0) : end - 1;
  const missing = last - numbers.filter((seq) => seq <= last).length;
  const remarks = [
    ...(missing > 0
      ? [`${missing} of ${last} parts are missing: the controller that kept them is not there`]
      : []),
    ...(end === undefined ? ['it has no end: it goes on, or its sidecar was lost'] : []),
  ];
  return { agent, header, events: numbers.flatMap((seq) => chunks.get(seq) ?? []), remarks };
}

/** How many parts the lists leave out, at least: replicas that share a volume leave out the same. */
export function leftOut(answers: readonly (readonly string[])[]): number {
  const found = answers.flat().map((text) => LeftOutSchema.safeParse(jsonOf(text)).data?.parts ?? 0);
  return found.reduce((most, parts) => Math.max(most, parts), 0);
}

const keptLine = (text: string): KeptLine | undefined => KeptLineSchema.safeParse(jsonOf(text)).data;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
