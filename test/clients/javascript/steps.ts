// The steps, each in the JavaScript client's own idiom: typed APIs, an informer, Log, Exec, PortForward, KubernetesObjectApi.

import { subscribe } from 'node:diagnostics_channel';
import { EventEmitter, on } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import {
  CoreV1Api,
  Exec,
  type KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1Status,
} from '@kubernetes/client-node';

/** As long as a test waits for one thing. */
const PATIENCE_MS = 20_000;
/** Three lines of seven. */
const LOG_BYTES = 21;
/** Before an informer is started again; the client's own example waits 5 s. */
const RESTART_MS = 100;

const COMMAND = ['sh', '-c', 'read a; echo "got $a"; echo err >&2; exit 3'];
const REQUEST = 'GET /etc/passwd HTTP/1.0\r\n\r\n';

type Step = (namespace: string, name: string) => Promise<unknown>;

export function createSteps(config: KubeConfig): Readonly<Record<string, Step>> {
  const core = config.makeApiClient(CoreV1Api);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const shown = new Set<string>();
  const arrivals = new EventEmitter();
  const protocols = new Set<unknown>();
  subscribe('undici:client:connected', (message) => {
    protocols.add((message as { socket: TLSSocket }).socket.alpnProtocol);
  });

  return {
    async wire(namespace) {
      await core.listNamespacedPod({ namespace });
      return { protocol: [...protocols].join() };
    },
    async pods(namespace, name) {
      const { items } = await core.listNamespacedPod({ namespace });
      const one = await core.readNamespacedPod({ namespace, name });
      return { listed: items.map((pod) => pod.metadata?.name), uid: one.metadata?.uid };
    },
    async secret(namespace, name) {
      const { data = {} } = await core.readNamespacedSecret({ namespace, name });
      return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, atob(value)]));
    },
    async write(namespace, name) {
      await core.createNamespacedConfigMap({
        namespace,
        body: { metadata: { name }, data: { by: 'create' } },
      });
      const merge = { namespace, name, body: { data: { merge: 'patch' } } };
      await core.patchNamespacedConfigMap(merge, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
      const applied = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace },
        data: { 'server-side': 'apply' },
      };
      const none = undefined;
      const after = await objects.patch(applied, none, none, 'agent', none, PatchStrategy.ServerSideApply);
      return (after as { data?: unknown }).data;
    },
    async follow(namespace) {
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      const informer = makeInformer(config, path, () => core.listNamespacedConfigMap({ namespace }));
      informer.on('add', ({ metadata }) => {
        shown.add(metadata?.name ?? '');
        arrivals.emit('arrival');
      });
      // An informer whose watch breaks is the caller's to start again.
      informer.on('error', () => void setTimeout(() => void informer.start(), RESTART_MS));
      await informer.start();
      return 'following';
    },
    async seen(_, name) {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      if (!shown.has(name)) {
        for await (const _ of on(arrivals, 'arrival', { signal })) if (shown.has(name)) break;
      }
      return name;
    },
    async log(namespace, name) {
      const stream = new PassThrough();
      // Ended by the server: when a followed log breaks, or is ended by the abort() that log() returns, an error that nothing
      // listens to ends the process.
      await new Log(config).log(namespace, name, '', stream, { follow: true, limitBytes: LOG_BYTES });
      const lines: string[] = [];
      for await (const line of createInterface({ input: stream })) lines.push(line);
      return lines;
    },
    async exec(namespace, name) {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const said = Promise.all([text(stdout), text(stderr)]);
      const status = await new Promise<V1Status>((resolve, reject) => {
        new Exec(config)
          .exec(namespace, name, name, COMMAND, stdout, stderr, stdin, false, resolve)
          .then((socket) => {
            socket.on('close', () => reject(new Error('closed without a status')));
          }, reject);
        stdin.write('hello\n');
      });
      const [out, err] = await said;
      const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
      return { stdout: out, stderr: err, code: Number(code) };
    },
    async forward(namespace, name) {
      const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const socket = await new PortForward(config).portForward(
        namespace,
        name,
        [8080],
        output,
        errors,
        input,
      );
      input.write(REQUEST);
      let said = '';
      for await (const chunk of output) {
        said += chunk;
        if (said.includes('agent:x')) break;
      }
      if ('close' in socket) socket.close();
      return said.split('\r\n')[0];
    },
    async delete(namespace, name) {
      await core.deleteNamespacedPod({ namespace, name });
    },
    async dynamic(namespace, name) {
      const { metadata } = await objects.read({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace, name },
      });
      return metadata?.name;
    },
  };
}
