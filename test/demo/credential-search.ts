// Looks for the real credential where an agent could find it: in every mount, every readable file and every environment of
// its container. Run with the container's own shell and tools, as the agent's own user.
import type { Cluster } from '../cluster/cluster.ts';

/** Prints each place that holds a JWT, or the signature that comes on its standard input. Binaries too; devices not. */
const SEARCH = String.raw`
read -r signature
jwt='eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}'
look() { grep -l -E -e "$jwt" -e "$signature" "$@" 2>/dev/null; }
cut -d' ' -f2,3 /proc/self/mounts | while read -r place type; do
  case "$type" in proc|sysfs|cgroup*|devpts|mqueue) continue ;; esac
  find "$place" -xdev -type f -print 2>/dev/null | while IFS= read -r file; do look "$file"; done
done | sort -u
look /proc/[0-9]*/environ
true
`;

/** The places, one a line of the answer; empty: the credential is nowhere. `signature`: the last part of the live token. */
export async function searchCredential(
  cluster: Cluster,
  namespace: string,
  pod: string,
  signature: string,
): Promise<string[]> {
  const argv = ['exec', '-i', '-n', namespace, pod, '-c', 'agent', '--', 'sh', '-c', SEARCH];
  const { code, stdout, stderr } = await cluster.kubectl(argv, { input: `${signature}\n` });
  if (code !== 0) throw new Error(`the search ended with ${code}: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

/** The signature of the token that the sidecar holds at this moment, read in the sidecar itself. */
export async function liveSignature(cluster: Cluster, namespace: string, pod: string): Promise<string> {
  const read = `process.stdout.write(require('fs').readFileSync('/var/run/chaperone/credential/token','utf8').trim().split('.')[2])`;
  const argv = ['exec', '-n', namespace, pod, '-c', 'chaperone', '--', '/usr/local/bin/node', '-e', read];
  const { code, stdout, stderr } = await cluster.kubectl(argv);
  if (code !== 0) throw new Error(`the sidecar's token cannot be read: ${stderr}`);
  return stdout;
}
