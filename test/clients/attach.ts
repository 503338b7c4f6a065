// Speaks with the program that is a client's container: asks for a step, waits for its answer, over `kubectl attach`.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Cluster } from '../cluster/cluster.ts';
import { type Note, witness } from '../search/witness.ts';
import type { ClientName } from './images.ts';

/** Longer than a step waits for anything. */
const ANSWER_MS = 40_000;

/** What a client's own error told its program of a refusal. */
export interface Failure {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  /** The error as its language prints it. */
  readonly said: string;
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: Failure;
}

export interface Client extends Disposable {
  /**
   * The value of a step, or its failure. Rejects where the program does not answer, or has ended. `reveals`: what a Grant
   * shows it then.
   */
  ask(step: string, namespace?: string, name?: string, reveals?: readonly string[]): Promise<Answer>;
  /** The value of a step that must succeed. */
  get(step: string, namespace?: string, name?: string, reveals?: readonly string[]): Promise<unknown>;
}

interface Waiting {
  readonly heard: Note;
  readonly answered: (answer: Answer) => void;
  readonly failed: (why: string) => void;
}

export function attach(cluster: Cluster, namespace: string, pod: string, container: ClientName): Client {
  const argv = ['attach', '--quiet', '--stdin', '--namespace', namespace, pod, '--container', container];
  const { PATH } = process.env;
  const child = spawn(cluster.programs.kubectl, argv, {
    env: { PATH, HOME: cluster.folder, KUBECONFIG: cluster.kubeconfig },
    stdio: 'pipe',
  });
  const waiting = new Map<number, Waiting>();
  let complaint = '';
  let asked = 0;
  const complained = witness(`attach to ${container}, stderr`);
  child.stderr.on('data', (chunk: Buffer) => {
    complained(chunk);
    complaint = `${complaint}${chunk}`.slice(-4096);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    const asker = waiting.get(answer.id);
    (asker?.heard ?? complained)(line);
    asker?.answered(answer);
  });
  child.stdin.on('error', () => {});
  child.on('close', () => {
    for (const { failed } of waiting.values()) failed('has ended');
  });
  const ask: Client['ask'] = (step, about = '', name = '', reveals = []) => {
    const id = ++asked;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const failed = (why: string) => reject(new Error(`${container} ${why}, asked to ${step}: ${complaint}`));
    const late = setTimeout(failed, ANSWER_MS, 'does not answer');
    const heard = witness(`attach to ${container}, ${step} ${name}`, reveals);
    waiting.set(id, { heard, answered: resolve, failed });
    if (child.exitCode === null) {
      child.stdin.write(`${JSON.stringify({ id, step, namespace: about, name })}\n`);
    } else failed('has ended');
    return promise.finally(() => {
      clearTimeout(late);
      waiting.delete(id);
    });
  };
  return {
    ask,
    async get(step, about, name, reveals) {
      const { value, error } = await ask(step, about, name, reveals);
      if (error !== undefined) throw new Error(`${container} could not ${step}: ${error.said}`);
      return value;
    },
    [Symbol.dispose]: () => void child.kill(),
  };
}
