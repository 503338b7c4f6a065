// Builds what is shipped: three bundles that need nothing beside them but Node.
import { chmod, rm } from 'node:fs/promises';
import { type BuildOptions, build } from 'esbuild';

/** Some dependencies are CommonJS and ask for `require`, which an ES module does not have. */
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

const BUNDLES = {
  sidecar: { entry: 'sidecar/main.ts', banner: REQUIRE },
  controller: { entry: 'controller/main.ts', banner: REQUIRE },
  cli: { entry: 'cli/main.ts', banner: `#!/usr/bin/env node\n${REQUIRE}` },
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
  Object.entries(BUNDLES).map(([name, { entry, banner }]) =>
    build({ ...common, entryPoints: [entry], outfile: `dist/${name}.mjs`, banner: { js: banner } }),
  ),
);
await chmod('dist/cli.mjs', 0o755);
