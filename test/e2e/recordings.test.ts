// Recordings between a sidecar's own code and replicas of the controller, against an API server without a node: they go on at
// another replica, are whose the certificate says, and what is full refuses what is new.
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect } from 'node:http2';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keyPairs } from '../../ca/enrolment.fixture.ts';
import { joinParts } from '../../cli/replay/join.ts';
import { newName, shareOf } from '../../controller/recordings/names.ts';
import { createFollowing } from '../../sidecar/following.ts';
import { systemClock } from '../../sidecar/monotonic.ts';
import { recordByController } from '../../sidecar/recording-controller.ts';
import type { RecordingHeader } from '../../streams/recording/recorded.ts';
import { SHELL } from '../../streams/recording/test-streams.ts';
import type { EnrolResponse } from '../../wire/enrol.ts';
import { ROUTES } from '../../wire/routes.ts';
import { startCluster } from '../cluster/start.ts';
import { type ControllerAddress, follow } from './controller-client.ts';
import { AGENT } from './controller-fixture.ts';
import {
  createAgents,
  createSurroundings,
  enrolledPod,
  log,
  replicaAt,
  startReplica,
} from './controller-process.ts';

/** Of loopback's many; nothing else here listens on them. */
const [LOST, OTHER, FULL] = ['127.61.44.31', '127.61.44.32', '127.61.44.33'] as const;

const cluster = await startCluster({ node: false });
await createSurroundings(cluster);
const lost = await startReplica(cluster, LOST);
const other = await startReplica(cluster, OTHER);
const [lostAt, otherAt] = [await replicaAt(cluster, LOST), await replicaAt(cluster, OTHER)];
await createAgents(cluster, 'agents');
const { uid, identity } = await enrolledPod(cluster, lostAt, { namespace: 'agents', name: 'agent' });
const sessions: ClientHttp2Session[] = [];
afterAll(async () => {
  for (const session of sessions) session.destroy();
  await Promise.all([lost.stop(), other.stop()]);
  await cluster.stop();
});

function sessionWith({ authority, roots, servername }: ControllerAddress, shown?: EnrolResponse) {
  const key = keyPairs.identity.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const session = connect(authority, { ca: roots, servername, ...(shown && { cert: shown.identity, key }) });
  session.on('error', () => {});
  sessions.push(session);
  return session;
}

/** The connection of a sidecar to a replica, as `Following` knows it. */
const lineTo = (session: ClientHttp2Session) => ({
  request: (method: string, path: string) => session.request({ ':method': method, ':path': path }),
});

const idOf = (n: number) => `6b7f0a52-0c1e-4f5f-8f0e-00000000000${n}`;
const headerOf = (n: number): RecordingHeader => ({
  id: idOf(n),
  startedAtMs: Date.now(),
  namespace: 'shop',
  pod: 'web-0',
  stream: SHELL,
});
const out = (text: string) => ({ kind: 'data', channel: 'stdout', bytes: Buffer.from(text) }) as const;

async function keptBy(address: string): Promise<string[]> {
  const folder = join(cluster.folder, `recordings-${address}`);
  const files = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  return files.flatMap((text) => text.split('\n'));
}

test('a recording whose replica is lost goes on at another, and is whole when both are read', async () => {
  using _lost = await follow(lostAt, identity);
  using _other = await follow(otherAt, identity);
  const following = createFollowing();
  const recordings = recordByController({ following, clock: systemClock, log });
  const first = sessionWith(lostAt, identity);
  following.set(lineTo(first));
  const recording = (await recordings.open(headerOf(1))) ?? expect.fail('it is not open');
  recording.write(out('before '));
  await expect.poll(() => recording.held).toBe(0);
  first.destroy();
  recording.write(out('meanwhile '));
  following.set(lineTo(sessionWith(otherAt, identity)));
  recording.write(out('after'));
  await recording.close();
  expect(recording.failed.aborted).toBe(false);

  const [here, there] = [await keptBy(LOST), await keptBy(OTHER)];
  const [joined, ...others] = joinParts([here, there]);
  expect(others).toEqual([]);
  expect(joined).toMatchObject({ agent: { namespace: 'agents', serviceAccount: AGENT, uid }, remarks: [] });
  expect(joined?.events.map(([, , text]) => text).join('')).toBe('before meanwhile after');
  expect(joinParts([there])[0]?.remarks).toEqual([expect.stringContaining('parts are missing')]);
});

test('nobody records without an identity, nor while another replica tells the agent what it may', async () => {
  const ask = async (shown?: EnrolResponse) => {
    const stream = lineTo(sessionWith(otherAt, shown)).request(
      ROUTES.recordings.method,
      ROUTES.recordings.path,
    );
    return new Promise((resolve) => stream.on('response', (headers) => resolve(headers[':status'])));
  };
  const second = await enrolledPod(cluster, otherAt, { namespace: 'agents', name: 'second' });
  expect(await ask()).toBe(401);
  expect(await ask(second.identity)).toBe(503);
});

test('where the share of its ServiceAccount is full, a recording is not opened', async () => {
  const folder = join(cluster.folder, `recordings-${FULL}`);
  const share = shareOf({ namespace: 'agents', serviceAccount: AGENT, uid });
  await mkdir(folder);
  const file = await open(join(folder, newName({ share, uid, id: idOf(2) })), 'w');
  await file.truncate(2 ** 24);
  await file.close();
  const full = await startReplica(cluster, FULL);
  const fullAt = await replicaAt(cluster, FULL);
  using _followed = await follow(fullAt, identity);
  const following = createFollowing();
  following.set(lineTo(sessionWith(fullAt, identity)));
  const recordings = recordByController({ following, clock: systemClock, log });
  expect(await recordings.open(headerOf(3))).toBeUndefined();
  await full.stop();
});
