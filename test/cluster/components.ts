// The programs of a running cluster: each is started, stopped and asked after by its name and the cluster's folder
// alone, so any process (a test's worker too) can do it. The folder has, for each, its command, its PID and its log.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inside, onlyChildOf } from './box.ts';
import { hasEnded } from './processes.ts';
import { waitFor } from './wait.ts';

/** Both are a matter of milliseconds. */
const START_OR_STOP_MS = 10_000;
const LOG_TAIL_LINES = 15;

export interface Component {
  readonly name: string;
  start(): Promise<void>;
  /** Ends it as a crash would, by SIGKILL, and waits until it is gone. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  running(): Promise<boolean>;
  /** The last lines of its log. */
  log(): Promise<string>;
}

interface Command {
  readonly argv: readonly string[];
  /** The first process of the box it runs in; without one it runs on the machine itself. */
  readonly box?: number;
}

export function componentOf(folder: string, name: string): Component {
  const files = {
    command: join(folder, 'commands', `${name}.json`),
    pid: join(folder, 'pids', name),
    log: join(folder, 'logs', `${name}.log`),
  };
  const recordedPid = async () => Number(await readFile(files.pid, 'utf8').catch(() => '')) || undefined;
  const running = async () => {
    const pid = await recordedPid();
    return pid !== undefined && !(await hasEnded(pid));
  };
  const log = async () => {
    const text = await readFile(files.log, 'utf8').catch(() => '');
    return `${name}:\n${text.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n')}`;
  };
  const start = async () => {
    if (await running()) return;
    await rm(files.pid, { force: true });
    const { argv, box } = JSON.parse(await readFile(files.command, 'utf8')) as Command;
    spawnRecorded(files.pid, files.log, [...(box === undefined ? [] : inside(box)), ...argv]);
    await waitFor({
      what: `${name} to start`,
      timeoutMs: START_OR_STOP_MS,
      probe: recordedPid,
      evidence: log,
    });
  };
  const stop = async () => {
    const pid = await recordedPid();
    if (pid === undefined || (await hasEnded(pid))) return;
    const { box } = JSON.parse(await readFile(files.command, 'utf8')) as Command;
    process.kill(box === undefined ? pid : await onlyChildOf(pid), 'SIGKILL');
    const probe = async () => (await hasEnded(pid)) || undefined;
    await waitFor({ what: `${name} to stop`, timeoutMs: START_OR_STOP_MS, probe, evidence: log });
  };
  const restart = async () => {
    await stop();
    await start();
  };
  return { name, start, stop, restart, running, log };
}

/** Writes down what the component is, and starts it, in the box if there is one. */
export async function startComponent(
  { folder, box }: { readonly folder: string; readonly box?: number },
  name: string,
  argv: readonly string[],
): Promise<Component> {
  for (const under of ['commands', 'logs']) await mkdir(join(folder, under), { recursive: true });
  const command: Command = box === undefined ? { argv } : { argv, box };
  await writeFile(join(folder, 'commands', `${name}.json`), JSON.stringify(command));
  const component = componentOf(folder, name);
  await component.start();
  return component;
}

/** A group of its own, so that Ctrl-C reaches only us; and no start that the keeper does not know of (keeper.ts). */
function spawnRecorded(pidFile: string, logFile: string, argv: readonly string[]): void {
  const log = openSync(logFile, 'a');
  const record = 'echo $$ > "$0" && exec "$@"';
  spawn('sh', ['-c', record, pidFile, ...argv], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  }).unref();
  closeSync(log);
}
