// Asks an exec plugin for a credential, as client-go does (plugin/pkg/client/auth/exec): what is wanted goes in by
// KUBERNETES_EXEC_INFO, an ExecCredential comes back on stdout. Its stdin and stderr lead nowhere: the one belongs to the
// command, and what the other says may hold a secret.
import { spawn } from 'node:child_process';
import { basename, isAbsolute, resolve, sep } from 'node:path';
import * as z from 'zod';
import { parse } from '../../policy/kinds/parse-strictly.ts';
import type { ApiServer } from '../../sidecar/upstream.ts';
import type { Found } from './choose.ts';
import type { ClusterEntry, ExecEntry } from './shapes.ts';

export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly apiVersion: string;
}

export type PluginAnswer =
  | { readonly kind: 'answered'; readonly status: ExecStatus }
  /** Completes "the exec plugin …"; holds nothing of what the plugin wrote. */
  | { readonly kind: 'failed'; readonly why: string };

export type ExecStatus = z.infer<typeof Status>;

/** Someone may have to touch a key; a plugin that waits for a browser that nobody sees must not hold calls for ever. */
const PATIENCE_MS = 60_000;
/** A token and a certificate chain. */
const MAX_ANSWER_BYTES = 1024 * 1024;

const Status = z.looseObject({
  token: z.string().optional(),
  clientCertificateData: z.string().optional(),
  clientKeyData: z.string().optional(),
  expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
});
const ExecCredential = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('ExecCredential'),
  status: Status,
});

/** Makes ready what is run: the command's path, and what it is told. */
export function preparePlugin(
  exec: ExecEntry,
  folder: string,
  cluster: Found<ClusterEntry>,
  server: ApiServer,
  environment: NodeJS.ProcessEnv,
): ExecPlugin {
  const { apiVersion, command } = exec;
  const told = exec.provideClusterInfo === true ? { cluster: clusterInfo(cluster, server) } : {};
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...told } };
  return {
    apiVersion,
    command: command.includes(sep) && !isAbsolute(command) ? resolve(folder, command) : command,
    args: exec.args ?? [],
    environment: {
      ...environment,
      ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
      KUBERNETES_EXEC_INFO: JSON.stringify(info),
    },
  };
}

/** client.authentication.k8s.io/v1 Cluster; its `config` is the extension of that name. */
function clusterInfo({ value }: Found<ClusterEntry>, { ca, serverName }: ApiServer): object {
  const config = value.extensions?.find(
    ({ name }) => name === 'client.authentication.k8s.io/exec',
  )?.extension;
  return {
    server: value.server,
    ...(serverName !== undefined && { 'tls-server-name': serverName }),
    ...(ca !== undefined && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(config !== undefined && { config }),
  };
}

/** Runs the plugin once. Never rejects. */
export async function askPlugin(plugin: ExecPlugin, patienceMs = PATIENCE_MS): Promise<PluginAnswer> {
  const run = await output(plugin, patienceMs);
  if ('why' in run) return { kind: 'failed', why: `${basename(plugin.command)} ${run.why}` };
  const parsed = parse(ExecCredential, jsonOf(run.stdout));
  const why =
    parsed.kind === 'invalid'
      ? 'printed no ExecCredential with a status'
      : parsed.value.apiVersion !== plugin.apiVersion
        ? `printed another apiVersion than the kubeconfig's ${plugin.apiVersion}`
        : undefined;
  if (parsed.kind === 'invalid' || why !== undefined)
    return { kind: 'failed', why: `${basename(plugin.command)} ${why}` };
  return { kind: 'answered', status: parsed.value.status };
}

function output(
  { command, args, environment }: ExecPlugin,
  patienceMs: number,
): Promise<{ readonly stdout: string } | { readonly why: string }> {
  return new Promise((done) => {
    const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
    const pieces: Buffer[] = [];
    let bytes = 0;
    const settle = (answer: { stdout: string } | { why: string }): void => {
      clearTimeout(late);
      done(answer);
      // What it may have left running holds its stdout open; nobody listens any more.
      child.stdout.destroy();
      child.kill('SIGKILL');
    };
    const late = setTimeout(
      () => settle({ why: `did not answer within ${Math.round(patienceMs / 1000)} s` }),
      patienceMs,
    );
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MAX_ANSWER_BYTES) settle({ why: `printed more than ${MAX_ANSWER_BYTES} bytes` });
      else pieces.push(piece);
    });
    child.once('error', (error: NodeJS.ErrnoException) => settle({ why: `cannot be run: ${error.code}` }));
    child.once('close', (code, signal) => {
      if (code === 0) settle({ stdout: Buffer.concat(pieces).toString('utf8') });
      else settle({ why: signal === null ? `ended with exit code ${code}` : `was ended by ${signal}` });
    });
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
