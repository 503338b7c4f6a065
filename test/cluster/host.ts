// Whether this machine can host a node: Linux, root, namespaces of our own, and the programs that the node takes from
// the machine. What is missing is an Obstacle: one line, with the ways out.
import { findAll } from './executable.ts';
import { Obstacle } from './obstacle.ts';
import { run } from './run.ts';

/** Program → the Debian package that has it. */
const NEEDED = {
  runc: 'runc',
  iptables: 'iptables',
  ip: 'iproute2',
  mount: 'mount',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
} as const;

export async function checkHost(): Promise<void> {
  const cannot = (why: string, ...first: readonly string[]) =>
    new Obstacle(
      `This machine cannot host a node: ${why}`,
      ...first,
      'use a Linux machine or virtual machine where you are root',
      'run the control plane alone: npm run cluster -- --control-plane',
    );
  if (process.platform !== 'linux') throw cannot(`it runs ${process.platform}, not Linux`);
  if (process.getuid?.() !== 0) throw cannot('you are not root', 'run it as root (sudo)');
  const names = Object.keys(NEEDED) as (keyof typeof NEEDED)[];
  const found = await Promise.all(names.map(findAll));
  const missing = names.filter((_, at) => found[at]?.length === 0);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((name) => NEEDED[name]))];
    throw cannot(`${missing.join(', ')} not found in PATH`, `apt-get install ${packages.join(' ')}`);
  }
  const tried = await run(['unshare', '--mount', '--net', '--pid', '--fork', '--mount-proc', 'true']);
  if (tried.code !== 0) {
    throw cannot(
      `it gives no namespaces (${tried.stderr.trim()})`,
      'run the container you are in as privileged',
    );
  }
}
