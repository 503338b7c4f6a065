// An exec of an agent that must be recorded, as its kubectl runs it, while something fails: what is typed into it comes back, and
// what was recorded of it is read back by a person's `kubectl chaperone replay`.
import type { Cluster } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';
import { run } from '../cluster/run.ts';
import { waitFor } from '../cluster/wait.ts';
import type { Crew } from '../e2e/pod-fixture.ts';
import { type Running, startKubectl } from '../streams/kubectls.ts';

/** What the agent's policy must give for it. */
export const execRule = (shop: string) => ({
  namespaces: [shop],
  apiGroups: [''],
  resources: ['pods/exec'],
  verbs: ['create'],
  resourceNames: ['agent'],
  containers: ['agent'],
  commands: [['sh']],
});

export interface RecordedExec extends Disposable {
  /** Types a word, and waits until the command has said it back. */
  says(word: string): Promise<void>;
  type(word: string): void;
  /** Ends what is typed, and waits for the end. */
  end(): Running['ended'];
  readonly ended: Running['ended'];
}

/** In the shop's pod `agent`, by the agent's kubectl in its pod. */
export function startRecordedExec(cluster: Cluster, { name, shop }: Crew, pod: string): RecordedExec {
  const echo = 'while read -r word; do echo "read $word"; done';
  const exec = ['kubectl', 'exec', '-i', 'agent', '-n', shop, '-c', 'agent', '--', 'sh', '-c', echo];
  const args = ['exec', '-i', '-n', name, pod, '-c', 'agent', '--', ...exec];
  const by = { name: 'of an agent', program: cluster.programs.kubectl, env: {} };
  const running = startKubectl(by, { args, kubeconfig: cluster.kubeconfig });
  const type = (word: string) => running.write(`${word}\n`);
  return {
    type,
    async says(word) {
      type(word);
      await running.says(new RegExp(`^read ${word}$`, 'm'));
    },
    end() {
      running.closeStdin();
      return running.ended;
    },
    ended: running.ended,
    [Symbol.dispose]: () => running[Symbol.dispose](),
  };
}

const REPLAYED_WITHIN_MS = 30_000;

/** The last exec into the shop, once all its parts are there: who said what, a line each. */
export async function replayed(cluster: Cluster, { shop }: Crew): Promise<string[]> {
  const replay = (...args: string[]) =>
    run([process.execPath, 'dist/cli.mjs', 'replay', '--kubeconfig', cluster.kubeconfig, ...args]);
  const of = async () => {
    const lines = (await ok(replay())).split('\n').filter((line) => line.includes(`${shop}/agent`));
    const [, name = ''] = /^\S+ {2}(\S+) {2}/.exec(lines.at(-1) ?? '') ?? [];
    return ok(replay(name, '--text'));
  };
  let last = '';
  const text = await waitFor({
    what: 'the whole recording',
    timeoutMs: REPLAYED_WITHIN_MS,
    async probe() {
      last = await of().catch(String);
      return last.includes('it ended') && !last.includes('chaperone: ') ? last : undefined;
    },
    evidence: () => last,
  });
  return text.split('\n').map((line) => line.replace(/^ +\d+\.\d{3} /, ''));
}
