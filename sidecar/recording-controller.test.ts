// Against a real TLS HTTP/2 server that answers as a test says; the real one is in test/e2e/recordings.test.ts.
import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import type { RecordingHeader } from '../streams/recording/recorded.ts';
import { createLogger } from '../telemetry/logger.ts';
import { readLines } from '../wire/lines.ts';
import { MAX_RECORDINGS, type RecordingMessage, RecordingMessageSchema } from '../wire/recordings.ts';
import { type ControllerConnection, connectController } from './controller-connection.ts';
import { createFollowing } from './following.ts';
import { systemClock } from './monotonic.ts';
import { recordByController } from './recording-controller.ts';
import { startController, type TestController } from './test-tls.ts';

const log = createLogger({ component: 'test', write: () => {} });
const idOf = (n: number) => `6b7f0a52-0c1e-4f5f-8f0e-${n.toString(16).padStart(12, '0')}`;
const headerOf = (n: number): RecordingHeader => ({
  id: idOf(n),
  startedAtMs: 1_700_000_000_000,
  namespace: 'shop',
  pod: 'web-0',
  stream: { kind: 'portforward', ports: [8080] },
});
const opened = (connection: number) => ({ kind: 'opened', connection, port: 8080 }) as const;

/** A replica: what it was told, and what it says to each message; undefined: nothing. */
async function replica(answer: (message: RecordingMessage, stream: ServerHttp2Stream) => object | undefined) {
  const told: string[] = [];
  const controller = await startController((stream) => {
    stream.respond({ ':status': 200 });
    const read = readLines();
    stream.on('data', (piece: Buffer) => {
      for (const line of read(piece)) {
        const message = RecordingMessageSchema.parse(line.kind === 'line' && JSON.parse(line.text));
        told.push(message.kind === 'open' ? 'open' : `${message.kind} ${message.seq}`);
        const said = answer(message, stream);
        if (said !== undefined && !stream.destroyed) stream.write(`${JSON.stringify(said)}\n`);
      }
    });
    stream.on('end', () => stream.end());
  });
  after.push(() => controller[Symbol.asyncDispose]());
  return { controller, told };
}

const after: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of after.splice(0)) await each();
});

async function connectTo({ url, roots }: TestController): Promise<ControllerConnection> {
  const connection = await connectController({ url, roots });
  after.push(() => connection.close());
  return connection;
}

const keeps = (message: RecordingMessage) => ({
  kind: 'kept',
  id: message.id,
  seq: message.kind === 'open' ? 0 : message.seq,
});

function recordings() {
  const following = createFollowing();
  return { following, recordings: recordByController({ following, clock: systemClock, log }) };
}

describe('recordings kept by the controller', () => {
  test('are opened once their header is kept, go on in order and end', async () => {
    const { controller, told } = await replica(keeps);
    const stage = recordings();
    stage.following.set(await connectTo(controller));
    const recording = (await stage.recordings.open(headerOf(1))) ?? expect.fail('it is not open');
    recording.write(opened(0));
    await recording.close();
    expect(told).toEqual(['open', 'chunk 1', 'close 2']);
    expect([recording.held, recording.failed.aborted]).toEqual([0, false]);
  });

  test('share one stream, which ends with the last of them and begins again with another', async () => {
    let streams = 0;
    const { controller } = await replica(keeps);
    const connection = await connectTo(controller);
    const stage = recordings();
    stage.following.set({
      request(method, path) {
        streams += 1;
        return connection.request(method, path);
      },
    });
    const two = await Promise.all([1, 2].map((n) => stage.recordings.open(headerOf(n))));
    expect(streams).toBe(1);
    for (const each of two) await each?.close();
    const third = await stage.recordings.open(headerOf(3));
    expect([streams, third?.failed.aborted]).toEqual([2, false]);
  });

  test('go on at another replica with what was not answered', async () => {
    const lost = await replica((message) => (message.kind === 'chunk' ? undefined : keeps(message)));
    const other = await replica(keeps);
    const stage = recordings();
    const first = await connectTo(lost.controller);
    stage.following.set(first);
    const recording = (await stage.recordings.open(headerOf(1))) ?? expect.fail('it is not open');
    recording.write(opened(0));
    recording.write(opened(1));
    await expect.poll(() => lost.told).toContain('chunk 1');
    stage.following.set(undefined);
    first.close();
    stage.following.set(await connectTo(other.controller));
    await recording.close();
    expect(other.told).toEqual(['open', 'chunk 1', 'chunk 2', 'close 3']);
    expect(recording.failed.aborted).toBe(false);
  });

  test('that are silent are there again after their connection is lost, without a word', async () => {
    const { controller, told } = await replica(keeps);
    const stage = recordings();
    const first = await connectTo(controller);
    stage.following.set(first);
    const recording = await stage.recordings.open(headerOf(1));
    first.close();
    stage.following.set(await connectTo(controller));
    await expect.poll(() => told).toEqual(['open', 'open']);
    expect(recording?.failed.aborted).toBe(false);
  });

  test('come again to a replica that does not take the stream now', async () => {
    let tries = 0;
    const controller = await startController((stream) => {
      tries += 1;
      if (tries < 3) {
        stream.respond({ ':status': 503 });
        stream.end('{"kind":"Status"}');
        return;
      }
      stream.respond({ ':status': 200 });
      stream.write(`${JSON.stringify({ kind: 'kept', id: idOf(1), seq: 0 })}\n`);
    });
    after.push(() => controller[Symbol.asyncDispose]());
    const stage = recordings();
    stage.following.set(await connectTo(controller));
    expect(await stage.recordings.open(headerOf(1))).toBeDefined();
    expect(tries).toBe(3);
  });
});

describe('a recording that the controller does not keep', () => {
  const refuses = (message: RecordingMessage) => ({ kind: 'refused', id: message.id, why: 'Full' });

  test('is not opened', async () => {
    const { controller } = await replica(refuses);
    const stage = recordings();
    stage.following.set(await connectTo(controller));
    expect(await stage.recordings.open(headerOf(1))).toBeUndefined();
  });

  test('fails, and the others go on', async () => {
    const { controller } = await replica((message) =>
      message.kind === 'chunk' && message.id === idOf(1) ? refuses(message) : keeps(message),
    );
    const stage = recordings();
    stage.following.set(await connectTo(controller));
    const [one, two] = await Promise.all([1, 2].map((n) => stage.recordings.open(headerOf(n))));
    one?.write(opened(0));
    await once(one?.failed ?? expect.fail('it is not open'), 'abort');
    two?.write(opened(0));
    await two?.close();
    expect(two?.failed.aborted).toBe(false);
  });

  test('goes on by another stream when it is told what cannot be understood', async () => {
    let streams = 0;
    const { controller } = await replica((message, stream) => {
      if (message.kind === 'open') streams += 1;
      if (streams === 1 && message.kind === 'chunk') stream.write('{"kind":"kept","id":"x"}\n');
      return streams === 1 && message.kind === 'chunk' ? undefined : keeps(message);
    });
    const stage = recordings();
    stage.following.set(await connectTo(controller));
    const recording = await stage.recordings.open(headerOf(1));
    recording?.write(opened(0));
    await recording?.close();
    expect([streams, recording?.failed.aborted]).toEqual([2, false]);
  });

  test('is not opened beyond as many as the controller takes, nor with an id that is open', async () => {
    const { controller } = await replica(keeps);
    const stage = recordings();
    stage.following.set(await connectTo(controller));
    const all = Array.from({ length: MAX_RECORDINGS }, (_, n) => stage.recordings.open(headerOf(n)));
    const open = await Promise.all(all);
    expect(open.filter((each) => each === undefined)).toEqual([]);
    expect(await stage.recordings.open(headerOf(MAX_RECORDINGS))).toBeUndefined();
    await open[0]?.close();
    expect(await stage.recordings.open(headerOf(1))).toBeUndefined();
    expect(await stage.recordings.open(headerOf(MAX_RECORDINGS))).toBeDefined();
  });

  test('is not opened where its header would end the stream of all', async () => {
    const { controller, told } = await replica(keeps);
    const stage = recordings();
    stage.following.set(await connectTo(controller));
    const command = ['\u0001'.repeat(64 * 1024)];
    const stream = {
      kind: 'exec',
      container: 'c',
      command,
      stdin: false,
      stdout: true,
      stderr: true,
      tty: false,
    } as const;
    expect(await stage.recordings.open({ ...headerOf(1), stream })).toBeUndefined();
    expect(told).toEqual([]);
  });
});
