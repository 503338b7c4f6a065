// The keeper: a process in a session of its own that makes a cluster's folder and box, and takes everything away when
// its parent asks or is gone, even by SIGKILL: then its standard input ends, which only the parent holds open.
// argv: for a node, the program that holds the box. stdout: one line of JSON (keeping.ts), then what could not go away.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameOf } from './addresses.ts';
import { type Box, claimLink, openBox } from './box.ts';
import { makeCgroup, removeCgroup } from './cgroups.ts';
import { commandLine, hasEnded } from './processes.ts';
import { run } from './run.ts';
import { waitFor } from './wait.ts';

/** Far more than ending takes (2–3 s with many pods); then what is left is said. */
const GONE_MS = 30_000;

const asked = new Promise((resolve) => {
  process.stdin.on('end', resolve).on('error', resolve).resume();
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
});
// The parent may be gone when we have something to say.
process.stdout.on('error', () => {});
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

const folder = mkdtempSync(join(tmpdir(), 'chaperone-cluster-'));
// So that a person who sees the process sees whose it is.
process.title = `chaperone keeper of ${folder}`;
for (const name of ['box', 'pids']) mkdirSync(join(folder, name));
const [pause] = process.argv.slice(2);
let box: Box | undefined;
let index: number | undefined;
try {
  if (pause !== undefined) {
    box = await openBox(join(folder, 'box'), pause);
    index = await claimLink(box.pid);
    await makeCgroup(nameOf(index));
  }
  say({ folder, box: box?.pid, index });
  await asked;
} catch (error) {
  say({ error: (error as Error).message });
}
await takeAway().catch((error: Error) => say({ error: error.message }));

async function takeAway(): Promise<void> {
  // A component writes its PID here before it becomes itself (components.ts): without the folder none starts any more.
  const ended = join(folder, 'ended');
  await rename(join(folder, 'pids'), ended);
  if (box !== undefined) {
    const { holder, pid } = box;
    if (holder.exitCode === null && holder.signalCode === null) process.kill(pid, 'SIGKILL');
    const over = () => holder.exitCode ?? holder.signalCode ?? undefined;
    await waitFor({ what: 'the box to end', timeoutMs: GONE_MS, probe: over });
  }
  const recorded = () => {
    const pids = readdirSync(ended).map((name) => Number(readFileSync(join(ended, name), 'utf8')));
    return pids.includes(0) ? undefined : pids;
  };
  const pids = await waitFor({ what: 'each PID to be written', timeoutMs: GONE_MS, probe: recorded });
  // A PID may have been given to another since; ours name the folder.
  const lines = await Promise.all(pids.map(commandLine));
  const ours = pids.filter((_, at) => lines[at]?.includes(folder));
  for (const pid of ours) kill(pid);
  const noneIsLeft = async () => !(await Promise.all(ours.map(hasEnded))).includes(false) || undefined;
  await waitFor({ what: 'the components to end', timeoutMs: GONE_MS, probe: noneIsLeft });
  await rm(folder, { recursive: true, force: true });
  if (index === undefined) return;
  const name = nameOf(index);
  await run(['ip', 'link', 'delete', name]);
  const emptied = async () => (await removeCgroup(name)) || undefined;
  await waitFor({ what: `the cgroup ${name} to empty`, timeoutMs: GONE_MS, probe: emptied });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between our look and our signal, as all do without their box.
  }
}
