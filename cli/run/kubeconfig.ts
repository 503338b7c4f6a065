// The credential of `chaperone run`: whatever the person's kubeconfig holds (token, token file, client certificate, exec
// plugin), asked for anew at each call and kept out of everything that the command can read.
import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { refuse } from '../../policy/refusal.ts';
import type { Credential, Presented } from '../../sidecar/credential.ts';
import type { ApiServer } from '../../sidecar/upstream.ts';
import { UsageError } from '../usage-error.ts';

export interface PersonsCluster {
  readonly context: string;
  /** The namespace of the context; `default` where it names none. */
  readonly namespace: string;
  readonly server: ApiServer;
  readonly credential: Credential;
}

/** An exec plugin is not started for every one of a burst of calls. */
const REASK_MS = 1000;

/**
 * Reads a context of a kubeconfig, by kubectl's rules (`--kubeconfig`, else `$KUBECONFIG`, else `~/.kube/config`).
 *
 * Throws UsageError where the file, the context or its cluster cannot be used.
 */
export function readKubeconfig(path: string | undefined, context: string | undefined): PersonsCluster {
  const config = load(path);
  if (context !== undefined) config.setCurrentContext(context);
  const name = config.getCurrentContext();
  const chosen = config.getContextObject(name);
  const cluster = config.getCurrentCluster();
  if (chosen === null || cluster === null)
    throw new UsageError(`--context: the kubeconfig has no usable context "${name}"`);
  const url = URL.parse(cluster.server);
  if (url?.protocol !== 'https:')
    throw new UsageError(`kubeconfig: cluster "${cluster.name}" must have an https:// server`);
  if (cluster.skipTLSVerify) {
    throw new UsageError(
      `kubeconfig: cluster "${cluster.name}" skips TLS verification; give it certificate-authority instead`,
    );
  }
  tellPlugin(config);
  return {
    context: name,
    namespace: chosen.namespace ?? 'default',
    server: {
      url,
      ...authority(cluster),
      ...(cluster.tlsServerName === undefined ? {} : { serverName: cluster.tlsServerName }),
    },
    credential: kubeconfigCredential(config),
  };
}

function load(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
  } catch (error) {
    // The message of a YAML error quotes the file; its name is enough.
    const code = (error as NodeJS.ErrnoException).code ?? 'it is not a kubeconfig';
    throw new UsageError(`--kubeconfig: ${path ?? 'the default kubeconfig'} cannot be read: ${code}`);
  }
  return config;
}

function authority(cluster: { caData?: string; caFile?: string }): { ca?: string } {
  if (cluster.caData !== undefined) return { ca: Buffer.from(cluster.caData, 'base64').toString('utf8') };
  if (cluster.caFile === undefined) return {};
  try {
    return { ca: readFileSync(cluster.caFile, 'utf8') };
  } catch {
    throw new UsageError(`kubeconfig: certificate-authority ${cluster.caFile} cannot be read`);
  }
}

/** Plugins learn what is wanted of them from KUBERNETES_EXEC_INFO (client-go plugin/pkg/client/auth/exec). */
function tellPlugin(config: KubeConfig): void {
  const exec = config.getCurrentUser()?.exec;
  if (!exec) return;
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  exec.env = [...(exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
}

function kubeconfigCredential(config: KubeConfig): Credential {
  let asked:
    | { readonly atMs: number; readonly answer: Promise<Presented | ReturnType<typeof refuse>> }
    | undefined;
  return {
    present() {
      const nowMs = performance.now();
      if (asked === undefined || nowMs - asked.atMs > REASK_MS) asked = { atMs: nowMs, answer: ask(config) };
      return asked.answer;
    },
  };
}

async function ask(config: KubeConfig): Promise<Presented | ReturnType<typeof refuse>> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch {
    // What a plugin wrote may hold a secret: it is not passed on.
    return refuse('CredentialUnreadable', {});
  }
  const header = (options.headers as Record<string, string> | undefined)?.Authorization;
  const bearer = /^Bearer (\S+)$/.exec(header ?? '')?.[1];
  const { cert, key } = options;
  if (bearer === undefined && (cert === undefined || key === undefined)) {
    return refuse('CredentialUnreadable', {});
  }
  return {
    kind: 'presented',
    ...(bearer === undefined ? {} : { bearer }),
    ...(cert === undefined || key === undefined
      ? {}
      : { clientCertificate: { cert: String(cert), key: String(key) } }),
  };
}
