// `chaperone run` beside the demo: the agent's kubectl is governed by a policy file, and Grants come and go by edits of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../cluster/wait.ts';
import type { Kind } from './rules.ts';

/** The command line as it is shipped. */
export const CLI = join(import.meta.dirname, '../../dist/cli.mjs');
const UP_MS = 20_000;

export interface GovernedRun {
  /** Of the agent. */
  readonly kubeconfig: string;
  readonly give: (grant: Kind) => Promise<void>;
  readonly revoke: (grant: Kind) => Promise<void>;
  /** What it wrote to stdout so far: records, one a line. */
  readonly records: () => string;
  readonly stop: () => Promise<void>;
}

export interface GovernedOptions {
  /** Takes the files of the run, and is taken away by someone else. */
  readonly folder: string;
  /** With the real credential. */
  readonly kubeconfig: string;
  readonly policy: Kind;
  readonly otlpEndpoint: string;
}

export async function startGovernedRun(options: GovernedOptions): Promise<GovernedRun> {
  const { folder, policy, otlpEndpoint } = options;
  const file = join(folder, 'triage.yaml');
  const kubeconfig = join(folder, 'agent.conf');
  const grants = new Map<string, Kind>();
  const write = async (): Promise<void> => {
    const text = [policy, ...grants.values()].map((each) => JSON.stringify(each)).join('\n---\n');
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  await write();
  const argv = ['run', '--policy', file, '--kubeconfig', options.kubeconfig, '--kubeconfig-out', kubeconfig];
  const env = { PATH: process.env.PATH, HOME: folder, OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint };
  const child = spawn(process.execPath, [CLI, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // It must not outlive a demo that is interrupted.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close');
  let [records, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    records += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  await waitFor({
    what: 'chaperone run to be up',
    timeoutMs: UP_MS,
    probe() {
      if (child.exitCode !== null) throw new Error(`chaperone run ended: ${complaints}`);
      return (existsSync(kubeconfig) && complaints.includes('KUBECONFIG=')) || undefined;
    },
    evidence: () => complaints,
  });
  return {
    kubeconfig,
    async give(grant) {
      grants.set(grant.metadata.name, grant);
      await write();
    },
    async revoke(grant) {
      grants.delete(grant.metadata.name);
      await write();
    },
    records: () => records,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', kill);
    },
  };
}
