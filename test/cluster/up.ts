// Waiting for a part of the cluster to give what it is there for: no longer than it runs, and with its log's tail when
// it does not.
import type { Answer } from './api.ts';
import type { Component } from './components.ts';
import { waitFor } from './wait.ts';

/** Ten times what each part takes on two idle cores; more means that it will not come. */
const UP_MS = 60_000;

/** Waits for what the parts are to give, and no longer than all of them run. */
export async function up(
  what: string,
  parts: readonly Component[],
  given: () => Promise<boolean>,
): Promise<void> {
  const logs = async () => (await Promise.all(parts.map((part) => part.log()))).join('\n');
  const probe = async () => {
    for (const part of parts) {
      if (!(await part.running())) throw new Error(`${part.name} ended before ${what}\n${await logs()}`);
    }
    return (await given()) || undefined;
  };
  await waitFor({ what, timeoutMs: UP_MS, probe, evidence: logs });
}

/** Whether the answer to a GET of a node says that pods can run there. */
export function isReady(answer: Answer | undefined): boolean {
  if (answer?.status !== 200) return false;
  const { status } = JSON.parse(answer.body) as {
    status: { conditions?: { type: string; status: string }[] };
  };
  return (
    status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false
  );
}
