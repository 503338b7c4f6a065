// The API server that a kubeconfig's cluster names. What would leave the connection open to others, or take it another
// way than was meant, is a UsageError.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ApiServer } from '../../sidecar/upstream.ts';
import { UsageError } from '../usage-error.ts';
import type { Found } from './choose.ts';
import type { ClusterEntry } from './shapes.ts';

export function apiServerOf({ name, value, folder }: Found<ClusterEntry>): ApiServer {
  const fail = (why: string): never => {
    throw new UsageError(`kubeconfig: cluster "${name}": ${why}`);
  };
  const url = URL.parse(value.server);
  if (url?.protocol !== 'https:') return fail('server must be an https:// URL');
  if (value['insecure-skip-tls-verify'] === true)
    return fail('insecure-skip-tls-verify gives the credential to anyone; set certificate-authority instead');
  if (value['proxy-url']) return fail('proxy-url is not supported');
  const serverName = value['tls-server-name'];
  const ca = authority(value, folder, fail);
  return { url, ...(ca !== undefined && { ca }), ...(serverName && { serverName }) };
}

/** Data goes before a file, as in client-go; without either the system's roots decide. */
function authority(cluster: ClusterEntry, folder: string, fail: (why: string) => never): string | undefined {
  const data = cluster['certificate-authority-data'];
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  const file = cluster['certificate-authority'];
  if (!file) return undefined;
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    return fail(`certificate-authority ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}
