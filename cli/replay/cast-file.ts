// A recording in a file: of `chaperone run`, or another program's asciicast v2. What is not understood in it is left out.
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { CastEventSchema, CastHeaderSchema } from '../../wire/recordings.ts';
import { UsageError } from '../usage-error.ts';
import type { Joined } from './join.ts';

const HeaderSchema = z.object({
  version: z.literal(2),
  timestamp: CastHeaderSchema.shape.timestamp.catch(0),
  title: z.string().default(''),
  chaperone: CastHeaderSchema.shape.chaperone.optional().catch(undefined),
});

/** Throws UsageError where it is no recording. */
export function readCastFile(path: string): Joined {
  const [first = '', ...lines] = textOf(path).split('\n');
  const header = HeaderSchema.safeParse(jsonOf(first));
  if (!header.success) throw new UsageError(`${path} is neither the id of a recording nor an asciicast v2`);
  const events = lines.flatMap((line) => {
    const event = CastEventSchema.safeParse(jsonOf(line));
    return event.success ? [event.data] : [];
  });
  const remarks = lines.at(-1) === '' ? [] : ['its last line is torn'];
  return { agent: undefined, header: header.data, events, remarks };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new UsageError(`${path} is not the id of a recording, and no file that can be read: ${why}`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
