// Builds what is shipped: three bundles that need nothing beside them but Node.
import { chmod, rm } from 'node:fs/promises';
import { type BuildOptions, build } from 'esbuild';

/** Some dependencies are CommonJS and ask for `require`, which an ES module does not have. */
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/**
 * Of a program that every agent's pod holds: ES modules, of which what is not used falls away, and no comments, of which one
 * character beyond Latin-1 makes V8 hold the whole source at two bytes each.
 */
const LEAN: BuildOptions = { mainFields: ['module', 'main'], minifyWhitespace: true, minifySyntax: true };

const BUNDLES = {
  sidecar: { entry: 'sidecar/main.ts', banner: REQUIRE, more: LEAN },
  controller: { entry: 'controller/main.ts', banner: REQUIRE, more: {} },
  cli: { entry: 'cli/main.ts', banner: `#!/usr/bin/env node\n${REQUIRE}`, more: {} },
} as const;

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: false,
  legalComments: 'linked',
  logLevel: 'warning',
};

await rm('dist', { recursive: true, force: true });
await Promise.all(
  Object.entries(BUNDLES).map(([name, { entry, banner, more }]) =>
    build({ ...common, ...more, entryPoints: [entry], outfile: `dist/${name}.mjs`, banner: { js: banner } }),
  ),
);
await chmod('dist/cli.mjs', 0o755);
