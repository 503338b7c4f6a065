// Finds a Go that can build the pinned modules, and the environment in which the result depends on nothing ambient.
// A Go from 1.21 on fetches a newer toolchain as a module by itself.
import { Obstacle } from './obstacle.ts';
import { run } from './run.ts';

/** The first Go that fetches toolchains: https://go.dev/doc/toolchain. */
const FETCHES_TOOLCHAINS = { major: 1, minor: 21 };

export async function goCommand(): Promise<{ argv: readonly string[]; env: NodeJS.ProcessEnv }> {
  const said = await run(['go', 'env', 'GOVERSION'], { env: environment() }).catch(() => undefined);
  const waysOut = [
    `install Go ${FETCHES_TOOLCHAINS.major}.${FETCHES_TOOLCHAINS.minor} or newer (https://go.dev/dl)`,
    'put the programs of Kubernetes 1.36 in $KUBEBUILDER_ASSETS or PATH',
    'set CHAPERONE_CACHE to the cache of a machine where they were built',
  ];
  if (said === undefined) throw new Obstacle('The cluster must be built and there is no Go here', ...waysOut);
  const version = /go(\d+)\.(\d+)/.exec(said.stdout);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  if (!(major > FETCHES_TOOLCHAINS.major || minor >= FETCHES_TOOLCHAINS.minor)) {
    throw new Obstacle(`The Go here (${said.stdout.trim() || said.stderr.trim()}) is too old`, ...waysOut);
  }
  return { argv: ['go'], env: environment() };
}

/** A set GOFLAGS wins over one kept by `go env -w`, so it is set and not emptied. Where modules come from stays ambient. */
function environment(): NodeJS.ProcessEnv {
  const { GOOS: _os, GOARCH: _arch, GOEXPERIMENT: _experiment, ...rest } = process.env;
  return {
    ...rest,
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly',
    GOTOOLCHAIN: 'auto',
    GOWORK: 'off',
    GO111MODULE: 'on',
  };
}
