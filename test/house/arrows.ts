// The house's import arrows as data, and a reader of a file's imports. See docs/design.md, "The house".
import { dirname, posix } from 'node:path';
import ts from 'typescript';

/** What a folder may import beside itself. A folder that is not named here may import nothing of the house. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  policy: [],
  masking: ['policy'],
  streams: ['policy', 'masking'],
  wire: ['policy'],
  telemetry: [],
  sidecar: ['policy', 'masking', 'streams', 'wire', 'telemetry'],
  injector: ['policy', 'wire', 'telemetry'],
  ca: ['policy', 'wire', 'telemetry'],
  controller: ['policy', 'wire', 'telemetry', 'injector', 'ca'],
  cli: ['policy', 'masking', 'wire', 'telemetry', 'sidecar', 'ca'],
  test: [
    'policy',
    'masking',
    'streams',
    'wire',
    'telemetry',
    'sidecar',
    'injector',
    'ca',
    'controller',
    'cli',
  ],
  bench: ['test', 'policy', 'masking', 'sidecar'],
  '.': [],
};

/** Packages that a folder must not load, and why. `node:` stands for every built-in module. */
export const BARRED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  policy: { 'node:': 'policy/ is pure' },
  masking: { 'node:': 'masking/ is pure' },
  streams: { 'node:': 'streams/ is pure' },
  sidecar: { '@kubernetes/client-node': 'memory', fastify: 'memory', '@opentelemetry/sdk-node': 'memory' },
};

export interface Violation {
  readonly file: string;
  readonly imports: string;
  readonly why: string;
}

/** What a file imports, types and dynamic imports too. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The violations of one file; `file` is its path from the project's root, with forward slashes. Type imports count. */
export function violations(file: string, text: string): Violation[] {
  const room = roomOf(file);
  const isTest = /(?:\.test|\/test-[^/]*)\.ts$/.test(file);
  const found: Violation[] = [];
  for (const fileName of importsOf(text)) {
    const why = fileName.startsWith('.')
      ? wrongArrow(room, roomOf(posix.join(dirname(file), fileName)))
      : // Tests of a pure folder may use Node; what they test may not.
        isTest
        ? undefined
        : barred(room, fileName);
    if (why !== undefined) found.push({ file, imports: fileName, why });
  }
  return found;
}

function roomOf(file: string): string {
  const slash = file.indexOf('/');
  return slash === -1 ? '.' : file.slice(0, slash);
}

function wrongArrow(from: string, to: string): string | undefined {
  if (from === to) return undefined;
  const allowed = ARROWS[from] ?? [];
  return allowed.includes(to)
    ? undefined
    : `${from}/ may import ${allowed.map((it) => `${it}/`).join(', ') || 'nothing of the house'}`;
}

function barred(room: string, module: string): string | undefined {
  const rules = Object.entries(BARRED[room] ?? {});
  return rules.find(([name]) =>
    name.endsWith(':') ? module.startsWith(name) : module === name || module.startsWith(`${name}/`),
  )?.[1];
}
