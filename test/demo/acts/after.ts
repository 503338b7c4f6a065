// With chaperone: what changed in the pod, and what the agent notices.
import { ok } from '../../cluster/pods.ts';
import { createActor, isForbidden } from '../actor.ts';
import { ACCOUNT, AGENT } from '../names.ts';
import { isMissing, type Stage } from '../stage.ts';
import type { Screen } from '../steps.ts';
import { readTls } from './commands.ts';

/** Answers what the agent was told. */
export async function after(stage: Stage, screen: Screen): Promise<string> {
  const { names } = stage;
  screen.chapter(
    isMissing(stage.pods)
      ? 'After: the same agent by chaperone run'
      : 'After: the same pod in a namespace labelled chaperone.dev/inject=enabled',
  );
  await injected(stage, screen);
  const agent = createActor(stage.governed, screen);
  const account = `system:serviceaccount:${names.agents}:${ACCOUNT}`;
  await agent.does(
    'the agent is who it was',
    ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'],
    { expected: account, fits: ({ text }) => text === account },
  );
  await agent.does('pods are listed: a standing rule', ['get', 'pods', '-n', names.shop], {
    expected: 'the pod web',
    fits: ({ code, text }) => code === 0 && /^web /m.test(text),
  });
  await agent.does("the task's Secret is not given without a Grant", readTls(names), {
    expected: 'Forbidden, and what to ask for',
    fits: (said) => isForbidden(said, 'scope renew-web-tls'),
  });
  return agent.heard();
}

async function injected({ names, pods, kubectl }: Stage, screen: Screen): Promise<void> {
  const step = 'injection changed the pod';
  if (isMissing(pods)) return screen.leaveOut({ step, left_out: pods.missing });
  const get = ['get', 'pod', AGENT, '-n', names.agents, '-o', 'json'];
  const pod = changed(JSON.parse(await ok(kubectl(get))) as Pod);
  screen.step({
    step,
    command: `kubectl ${get.join(' ')}`,
    expected: INJECTED.join('\n'),
    outcome: pod.join('\n'),
    ok: pod.join() === INJECTED.join(),
  });
}

interface Pod {
  readonly spec: {
    readonly automountServiceAccountToken?: boolean;
    readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
    readonly containers: readonly {
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

/** What a person would look for in a pod that was injected. */
function changed({ spec }: Pod): string[] {
  const [sidecar] = spec.initContainers ?? [];
  const env = (name: string) => spec.containers[0]?.env?.find((each) => each.name === name)?.value;
  return [
    `first container: ${sidecar?.name}, restartPolicy ${sidecar?.restartPolicy}`,
    `automountServiceAccountToken: ${spec.automountServiceAccountToken}`,
    `the agent's API server: ${env('KUBERNETES_SERVICE_HOST')}:${env('KUBERNETES_SERVICE_PORT')}`,
  ];
}

const INJECTED = [
  'first container: chaperone, restartPolicy Always',
  'automountServiceAccountToken: false',
  "the agent's API server: 127.0.0.1:15443",
];
