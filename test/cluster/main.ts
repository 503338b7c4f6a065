// `npm run cluster`: keeps one cluster up until Ctrl-C and says how to use it.
import { parseArgs } from 'node:util';
import { chaperoneImage } from '../install.ts';
import { agentImage } from './images.ts';
import { Obstacle } from './obstacle.ts';
import { type OwnCluster, startCluster } from './start.ts';

const HELP = `Usage: npm run cluster [-- OPTION]

Starts a real Kubernetes cluster on this machine (control plane and one node), prints its KUBECONFIG and keeps
it up until Ctrl-C. Nothing of it is left afterwards, however it ends. Several can run side by side.

  --control-plane  the API server, etcd and the controllers only: needs neither root nor Linux
  --images         puts chaperone's image and an agent's on the node (npm run build comes first)
  --help           this text

The node needs Linux, root, runc and iptables. The programs are taken from $KUBEBUILDER_ASSETS and PATH where their
version fits, else built by Go once (some minutes) into $CHAPERONE_CACHE (default: ~/.cache/chaperone).
`;

/** sysexits.h: what we were asked for is not understood; what we need is not there. */
const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;

try {
  const { values } = parseArgs({
    options: { 'control-plane': { type: 'boolean' }, images: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) process.stdout.write(HELP);
  else await serve(values['control-plane'] !== true, values.images === true);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  process.stderr.write(`${message}\n`);
  if (code?.startsWith('ERR_PARSE_ARGS')) process.exitCode = EX_USAGE;
  else process.exitCode = error instanceof Obstacle ? EX_UNAVAILABLE : 1;
}

async function serve(node: boolean, images: boolean): Promise<void> {
  const start = performance.now();
  const asked = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
  const cluster = await startCluster({ node, onProgress: (line) => process.stderr.write(`${line}\n`) });
  const loaded = images ? await load(cluster) : [];
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`The cluster is up, after ${seconds} s. To use it in another shell:

  export KUBECONFIG=${cluster.kubeconfig}
  ${cluster.programs.kubectl} get ${node ? 'nodes' : 'namespaces'}

What the API server saw: ${cluster.folder}/audit.log; what its parts say: ${cluster.folder}/logs/
${loaded.map((reference) => `On its node: ${reference}\n`).join('')}Ctrl-C stops it and leaves nothing behind.
`);
  const up = setInterval(() => {}, 2 ** 30);
  await asked;
  clearInterval(up);
  process.stderr.write('stopping …\n');
  await cluster.stop();
}

/** Their references. A cluster that cannot have them is not kept. */
async function load(cluster: OwnCluster): Promise<string[]> {
  try {
    const images = [await chaperoneImage(), await agentImage(cluster.programs.kubectl)];
    await cluster.loadImages(images);
    return images.map(({ reference }) => reference);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
