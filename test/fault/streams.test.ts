// The API server goes away under streams: they end through the sidecar as they end directly, and new ones are served once it is back.
import { afterAll, expect, test } from 'vitest';
import { PROTOCOLS } from '../adversarial/agent.ts';
import { direct as directly } from '../adversarial/direct.ts';
import { agentImage } from '../cluster/images.ts';
import { startCluster } from '../cluster/start.ts';
import { waitFor } from '../cluster/wait.ts';
import { mustOpen, openCommand } from '../streams/command.ts';
import { mustOpenPorts } from '../streams/ports.ts';
import { commandQuery, ECHO, READER, streamRules, streamStage } from '../streams/stage.ts';

const cluster = await startCluster({});
await cluster.loadImages([await agentImage(cluster.programs.kubectl)]);
const stage = await streamStage(cluster, 'restart');
const { governed, pod, namespace } = stage;
afterAll(async () => {
  agents.direct.close();
  await stage[Symbol.asyncDispose]();
  await cluster.stop();
});

const agents = { direct: directly(cluster, governed), through: governed.agent };
const WAYS = { direct: stage.direct, through: stage.through };
const versions = [
  { transport: 'websocket' as const, protocols: ['v5.channel.k8s.io'] },
  { transport: 'spdy' as const, protocols: ['v4.channel.k8s.io'] },
];
const path = `${pod}/exec`;
const query = commandQuery({ argv: ['sh', '-c', 'echo on; exec cat'], stdin: true });

test('a restart of the API server ends streams as it does directly', async () => {
  const open = async (way: keyof typeof WAYS) => {
    const commands = await Promise.all(
      versions.map((version) => mustOpen(WAYS[way], { ...version, path, query })),
    );
    for (const command of commands) await command.until('stdout', /on/);
    const ports = await mustOpenPorts(WAYS[way], `${pod}/portforward`, 'tunnel', []);
    const echo = await ports.connect(ECHO);
    echo.write('on');
    await echo.until(/on/);
    const asks = [`${pod.replace(/\/[^/]+$/, '')}?watch=1`, `${pod}/log?container=${READER}&follow=true`];
    const answers = await Promise.all(
      PROTOCOLS.flatMap((protocol) => asks.map((ask) => agents[way].stream(protocol, { path: ask }))),
    );
    return { commands, ports, answers };
  };
  const [direct, through] = [await open('direct'), await open('through')];
  await cluster.component('kube-apiserver').stop();
  const told = async ({ commands, ports, answers }: typeof direct) => ({
    commands: await Promise.all(
      commands.map(async (command) => {
        const { code } = await command.end;
        return { code, error: `${command.bytes('error')}`, stderr: `${command.bytes('stderr')}` };
      }),
    ),
    ports: (await ports.end).code,
    answers: await Promise.all(answers.map(async ({ status, end }) => ({ status, how: (await end).how }))),
  });
  const said = await told(through);
  expect(said).toEqual(await told(direct));
  expect(said.answers).toEqual(through.answers.map(() => ({ status: 200, how: 'broken off' })));
  await cluster.component('kube-apiserver').start();
  governed.entitle({ rules: streamRules(namespace) });
  await waitFor({
    what: 'an exec to be served again',
    timeoutMs: 30_000,
    probe: async () => {
      const again = await openCommand(WAYS.through, { ...versions[0], path, query } as Parameters<
        typeof openCommand
      >[1]);
      if (again.kind !== 'command') return undefined;
      again.socket.destroy();
      return true;
    },
  });
});
