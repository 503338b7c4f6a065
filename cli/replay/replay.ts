// `chaperone replay`: what was recorded of a stream, out of what the controllers keep, or of a file.
import { setTimeout as after } from 'node:timers/promises';
import { READ_BACK } from '../../wire/recordings.ts';
import { say } from '../say.ts';
import type { ReplayArguments } from './arguments.ts';
import { readCastFile } from './cast-file.ts';
import { askControllers, kubeConfigOf } from './controllers.ts';
import { asText } from './harmless.ts';
import { type Joined, joinParts, leftOut } from './join.ts';
import { play } from './play.ts';
import { heading, transcript } from './transcript.ts';

/** Timers of Node.js hold no more. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Resolves with the exit code. Throws UsageError for what the person must change. */
export async function replay(args: ReplayArguments): Promise<number> {
  const { what } = args;
  if (what.kind === 'file') return show(readCastFile(what.path), args);
  const kept = await keptOf(args, what.kind === 'list' ? READ_BACK.list : `${READ_BACK.one}${what.id}`);
  if (kept === undefined) return 1;
  if (what.kind === 'list') return list(kept);
  const [found, other] = kept.filter(({ agent }) => what.uid === undefined || agent?.uid === what.uid);
  if (found === undefined) {
    say(`no controller in ${args.namespace} has a recording ${what.id}; they are kept for a week`);
    return 1;
  }
  if (other !== undefined) {
    say(`several agents have a recording ${what.id}; name one:`);
    return list(kept, 1);
  }
  return show(found, args);
}

/** Undefined: none can be had, which was said. */
async function keptOf(args: ReplayArguments, path: string): Promise<Joined[] | undefined> {
  const config = kubeConfigOf(args);
  try {
    const { lines, silent } = await askControllers(config, args.namespace, path);
    for (const each of silent) say(asText(each));
    const older = leftOut(lines);
    if (older > 0) say(`at least ${older} older ones are kept that are not in this list; ask by their id`);
    if (lines.length > 0) return joinParts(lines);
    if (silent.length === 0) say(`no controller runs in ${args.namespace}; name its namespace with -n`);
  } catch (error) {
    const [why = ''] = (error as Error).message.split('\n');
    say(`the controllers in ${args.namespace} cannot be listed: ${asText(why)}`);
  }
  return undefined;
}

async function list(kept: readonly Joined[], exitCode = 0): Promise<number> {
  for (const { agent, header } of [...kept].sort((a, b) => a.header.timestamp - b.header.timestamp)) {
    const when = new Date(header.timestamp * 1000).toISOString();
    const who = `${agent?.namespace}/${agent?.serviceAccount}`;
    await write(`${when}  ${agent?.uid}/${header.chaperone?.id}  ${who}  ${asText(header.title)}\n`);
  }
  return exitCode;
}

async function show(joined: Joined, { text, speed }: ReplayArguments): Promise<number> {
  if (text) {
    const { isTTY, columns } = process.stdout;
    for (const line of transcript(joined, isTTY ? columns : undefined)) await write(`${line}\n`);
    return 0;
  }
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop);
  for (const line of heading(joined.agent, joined.header)) say(line);
  const { signal } = stopped;
  const wait = (ms: number): Promise<void> => after(Math.min(ms, MAX_TIMER_MS), undefined, { signal });
  await play(joined, speed, { write, wait }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  process.off('SIGINT', stop);
  for (const remark of joined.remarks) say(remark);
  return 0;
}

function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}
