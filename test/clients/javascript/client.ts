// The official JavaScript client in a pod, unchanged: one JSON line on stdin asks for a step, one on stdout answers it
// (test/clients/README.md).
import { createInterface } from 'node:readline';
import { ApiException, KubeConfig } from '@kubernetes/client-node';
import { createSteps } from './steps.ts';

interface Ask {
  readonly id: number;
  readonly step: string;
  readonly namespace: string;
  readonly name: string;
}

const config = new KubeConfig();
config.loadFromCluster();
const steps = createSteps(config);

/** What the client's own error says of a refusal. */
function failureOf(error: unknown): object {
  const told = { code: 0, reason: '', message: '', said: String(error) };
  if (!(error instanceof ApiException) || typeof error.body !== 'string') return told;
  const { reason, message } = JSON.parse(error.body) as { reason: string; message: string };
  return { ...told, code: error.code, reason, message };
}

async function answer({ id, step, namespace, name }: Ask): Promise<object> {
  try {
    const take = steps[step];
    if (take === undefined) throw new Error(`no such step: ${step}`);
    return { id, value: await take(namespace, name) };
  } catch (error) {
    return { id, error: failureOf(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Ask))}\n`);
}
