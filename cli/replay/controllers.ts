// What the controllers have kept, asked of each of them through a port-forward to its loopback (wire/recordings.ts, READ_BACK):
// the right to that is the right to read.
import { request } from 'node:http';
import { Duplex, PassThrough } from 'node:stream';
import { CoreV1Api, KubeConfig, PortForward } from '@kubernetes/client-node';
import { readLines } from '../../wire/lines.ts';
import { READ_BACK } from '../../wire/recordings.ts';
import { UsageError } from '../usage-error.ts';
import type { ReplayArguments } from './arguments.ts';

const SELECTOR = 'app.kubernetes.io/name=chaperone';
/** Of silence. */
const SILENT_MS = 10_000;
/** A recording is 16 MiB at most, and may be there in several parts. */
const MAX_ANSWER_BYTES = 512 * 1024 * 1024;

export interface Answers {
  /** Of each controller that answered, its lines. */
  readonly lines: readonly (readonly string[])[];
  /** Of the others, why; a line each. */
  readonly silent: readonly string[];
}

/** Throws UsageError for what of the kubeconfig must be changed. */
export function kubeConfigOf({ kubeconfig, context }: ReplayArguments): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new UsageError(`the kubeconfig cannot be read: ${(error as Error).message}`);
  }
  if (context !== undefined && config.getContextObject(context) === null)
    throw new UsageError(`--context: there is no context "${context}"`);
  if (context !== undefined) config.setCurrentContext(context);
  if (config.getCurrentCluster() === null)
    throw new UsageError('the kubeconfig has no current-context; name one with --context');
  return config;
}

/** Asks every controller that runs in this namespace. Rejects where they cannot be found. */
export async function askControllers(config: KubeConfig, namespace: string, path: string): Promise<Answers> {
  const { items } = await config
    .makeApiClient(CoreV1Api)
    .listNamespacedPod({ namespace, labelSelector: SELECTOR });
  const running = items.filter(({ status, spec }) => status?.phase === 'Running' && isController(spec));
  const lines: string[][] = [];
  const silent: string[] = [];
  for (const { metadata } of running) {
    const pod = metadata?.name ?? '';
    await ask(config, namespace, pod, path).then(
      (answer) => lines.push(answer),
      (error: Error) => silent.push(`${pod} does not answer: ${error.message}`),
    );
  }
  return { lines, silent };
}

/** Not the pod of `helm test`. */
const isController = (spec: { containers: { name: string }[] } | undefined): boolean =>
  spec?.containers.some(({ name }) => name === 'controller') ?? false;

async function ask(config: KubeConfig, namespace: string, pod: string, path: string): Promise<string[]> {
  const there = new PassThrough();
  const back = new PassThrough();
  const errors = new PassThrough();
  const socket = await new PortForward(config).portForward(
    namespace,
    pod,
    [READ_BACK.port],
    back,
    errors,
    there,
  );
  const connection = Duplex.from({ readable: back, writable: there });
  connection.on('error', () => {});
  errors.on('data', (text: Buffer) => connection.destroy(new Error(text.toString('utf8').trim())));
  Object.assign(socket, { onclose: () => back.end() });
  try {
    return await get(connection, path);
  } finally {
    connection.destroy();
    Object.assign(socket, { onerror: () => {} });
    (socket as { close(): void }).close();
  }
}

/** The lines of the answer; none for a 404. */
function get(connection: Duplex, path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const host = `127.0.0.1:${READ_BACK.port}`;
    const asked = request({ createConnection: () => connection, path, headers: { host } });
    // A stream that is no socket has no timeout of its own.
    const silent = setTimeout(() => asked.destroy(new Error('it is silent')), SILENT_MS);
    asked.on('error', reject).on('close', () => clearTimeout(silent));
    asked.on('response', (response) => {
      const { statusCode } = response;
      if (statusCode !== 200 && statusCode !== 404)
        return asked.destroy(new Error(`it answered ${statusCode}`));
      const read = readLines();
      const lines: string[] = [];
      let size = 0;
      response.on('data', (piece: Buffer) => {
        silent.refresh();
        size += piece.length;
        if (size > MAX_ANSWER_BYTES) asked.destroy(new Error('it has too much to say'));
        for (const line of read(piece)) if (line.kind === 'line') lines.push(line.text);
      });
      response.on('error', reject);
      return response.on('end', () => resolve(statusCode === 404 ? [] : lines));
    });
    asked.end();
  });
}
