// Looks for the real credential where an agent could find it: in every mount, every readable file and every environment of
// its container. Run with the container's own shell and tools, as the agent's own user.
import type { Cluster } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';
import { AGENT } from './names.ts';

/** As a person would say it. */
export const SEARCH = 'search of every mount, readable file and /proc/*/environ for a JWT';

/** Prints each place that holds a JWT, or the signature on its standard input if one comes. Binaries too; devices not. */
const SCRIPT = String.raw`
read -r signature
jwt='eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}'
[ -z "$signature" ] || or="-e $signature"
cut -d' ' -f2,3 /proc/self/mounts | while read -r place type; do
  case "$type" in proc|sysfs|cgroup*|devpts|mqueue) continue ;; esac
  find "$place" -xdev -type f -exec grep -l -E -e "$jwt" $or {} + 2>/dev/null
done | sort -u
grep -l -E -e "$jwt" $or /proc/[0-9]*/environ 2>/dev/null
true
`;

/** The places, one a line of the answer; empty: it is nowhere. `signature`: the last part of a token, where it is known. */
export async function searchCredential(
  kubectl: Cluster['kubectl'],
  namespace: string,
  signature: string | undefined,
): Promise<string[]> {
  const argv = ['exec', '-i', '-n', namespace, AGENT, '-c', 'agent', '--', 'sh', '-c', SCRIPT];
  const found = await ok(kubectl(argv, { input: `${signature ?? ''}\n` }));
  return found.split('\n').filter((line) => line !== '');
}

/** The signature of the token that the sidecar holds at this moment, read in the sidecar itself (break-glass). */
export function liveSignature(kubectl: Cluster['kubectl'], namespace: string): Promise<string> {
  const read = `process.stdout.write(require('fs').readFileSync('/var/run/chaperone/credential/token','utf8').trim().split('.')[2])`;
  return ok(kubectl(['exec', '-n', namespace, AGENT, '-c', 'chaperone', '--', 'node', '-e', read]));
}
