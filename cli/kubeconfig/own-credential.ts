// The credential that stands in the kubeconfig itself, or in files that it names: a token, a client certificate, or both.
// Data goes before a file, and a token file before a token, as in client-go.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Presented } from '../../sidecar/credential.ts';
import type { Found } from './choose.ts';
import { presentable } from './presentable.ts';
import type { UserEntry } from './shapes.ts';

const FIELDS = [
  'token',
  'tokenFile',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
] as const;

export function hasOwnCredential(user: UserEntry): boolean {
  return FIELDS.some((field) => Boolean(user[field]));
}

/** Reads it as it is now. Never rejects. */
export async function readOwnCredential({
  value,
  folder,
}: Found<UserEntry>): Promise<Presented | { readonly why: string }> {
  const text = (file: string) => readFile(resolve(folder, file), 'utf8');
  const pem = async (data: string | undefined, file: string | undefined) =>
    data ? Buffer.from(data, 'base64').toString('utf8') : file ? await text(file) : undefined;
  try {
    return presentable({
      token: value.tokenFile ? (await text(value.tokenFile)).trim() : value.token || undefined,
      cert: await pem(value['client-certificate-data'], value['client-certificate']),
      key: await pem(value['client-key-data'], value['client-key']),
    });
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    return { why: `${path ?? 'a file of it'} cannot be read: ${code ?? 'unknown'}` };
  }
}
