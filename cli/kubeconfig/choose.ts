// Which context, cluster and user a person means: the kubeconfig files found and merged as kubectl does it
// (client-go tools/clientcmd/loader.go). What cannot be used is a UsageError that names the flag or the field.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { parse } from '../../policy/kinds/parse-strictly.ts';
import { UsageError } from '../usage-error.ts';
import { ClusterEntry, ContextEntry, KubeconfigFile, UserEntry } from './shapes.ts';

/** One entry of a kubeconfig, and the folder that its relative paths start from. */
export interface Found<T> {
  readonly name: string;
  readonly value: T;
  readonly folder: string;
}

export interface Chosen {
  readonly context: string;
  /** The namespace of the context; `default` where it names none. */
  readonly namespace: string;
  readonly cluster: Found<ClusterEntry>;
  readonly user: Found<UserEntry>;
}

export interface Choice {
  /** `--kubeconfig`: that file and no other. */
  readonly path: string | undefined;
  /** `--context`: instead of the current one. */
  readonly context: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

export function chooseContext({ path, context, environment }: Choice): Chosen {
  const files = readFiles(path, environment);
  const current = files.map((file) => file.config['current-context']).find(Boolean);
  const name = context ?? current;
  if (name === undefined || name === null)
    throw new UsageError('the kubeconfig has no current-context; name one with --context');
  const meant = pick(files, 'contexts', name);
  if (meant === undefined) {
    const origin = context === undefined ? "the kubeconfig's current-context" : '--context';
    throw new UsageError(`${origin}: there is no context "${name}"${known(files)}`);
  }
  const { value } = read(ContextEntry, meant, 'context');
  return {
    context: name,
    namespace: value.namespace || 'default',
    cluster: read(ClusterEntry, pick(files, 'clusters', value.cluster), 'cluster', value.cluster),
    user: read(UserEntry, pick(files, 'users', value.user), 'user', value.user),
  };
}

interface File {
  readonly folder: string;
  readonly config: z.infer<typeof KubeconfigFile>;
}

function readFiles(path: string | undefined, environment: NodeJS.ProcessEnv): File[] {
  if (path !== undefined) return [readFile(path) ?? fail(`--kubeconfig: ${path} is not there`)];
  const listed = environment.KUBECONFIG?.split(delimiter).filter((each) => each !== '') ?? [];
  const candidates = listed.length > 0 ? [...new Set(listed)] : [join(homedir(), '.kube', 'config')];
  const files = candidates.flatMap((each) => readFile(each) ?? []);
  if (files.length > 0) return files;
  return fail(`there is no kubeconfig at ${candidates.join(' or ')}; name one with --kubeconfig`);
}

/** Undefined where the file is not there: of several, kubectl too passes over those. */
function readFile(path: string): File | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : fail(`kubeconfig ${path} cannot be read: ${code}`);
  }
  const parsed = parse(KubeconfigFile, yamlOf(text, path));
  if (parsed.kind === 'invalid') fail(`kubeconfig ${path}: ${parsed.field} ${parsed.why}`);
  return { folder: dirname(resolve(path)), config: parsed.value };
}

/** A YAML error quotes the line where it found it, which may hold a token: its place says enough. */
function yamlOf(text: string, path: string): unknown {
  try {
    return parseYaml(text) ?? {};
  } catch (error) {
    const { linePos } = error as { linePos?: readonly [{ readonly line: number }] };
    return fail(
      `kubeconfig ${path} is not YAML${linePos === undefined ? '' : `: see line ${linePos[0].line}`}`,
    );
  }
}

const FIELDS = { contexts: 'context', clusters: 'cluster', users: 'user' } as const;

/** The first file that has an entry of this name decides. */
function pick(files: readonly File[], list: keyof typeof FIELDS, name: string): Found<unknown> | undefined {
  for (const { config, folder } of files) {
    const entry = config[list]?.find((each) => each.name === name);
    if (entry !== undefined) return { name, value: entry[FIELDS[list]], folder };
  }
  return undefined;
}

function read<T>(
  schema: z.ZodType<T>,
  found: Found<unknown> | undefined,
  kind: string,
  name = found?.name,
): Found<T> {
  if (found === undefined)
    return fail(`the kubeconfig's context names ${kind} "${name}", which is not there`);
  const parsed = parse(schema, found.value);
  if (parsed.kind === 'invalid') return fail(`kubeconfig: ${kind} "${name}": ${parsed.field} ${parsed.why}`);
  return { ...found, value: parsed.value };
}

const MAX_NAMED = 8;

function known(files: readonly File[]): string {
  const names = files.flatMap(({ config }) => (config.contexts ?? []).map(({ name }) => name));
  if (names.length === 0) return '';
  return `; there are ${names.slice(0, MAX_NAMED).join(', ')}${names.length > MAX_NAMED ? ', …' : ''}`;
}

function fail(message: string): never {
  throw new UsageError(message);
}
