// Recordings over HTTP: one stream for the agent that the client's certificate names, while its entitlements come from here.
// What it may have on its way is bounded: whoever says more is not read until it is on disk.
import { once } from 'node:events';
import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import { printLine, readLines } from '../../wire/lines.ts';
import {
  MAX_RECORDING_LINE_BYTES,
  MAX_RECORDINGS,
  type RecordingAnswer,
  type RecordingMessage,
  RecordingMessageSchema,
} from '../../wire/recordings.ts';
import { LINES_CONTENT_TYPE } from '../../wire/routes.ts';
import { answer, failure } from '../sidecars/answer.ts';
import { type ShownDeps, shownAgent } from '../sidecars/shown-agent.ts';
import type { Streams } from '../sidecars/streams.ts';
import { createLane, type Lane } from './lane.ts';
import { createSenders } from './senders.ts';
import type { Store } from './store.ts';

/** Sidecars that record at once, of the 2048 that a replica serves; of one ServiceAccount a quarter. */
const MAX_SENDERS = 512;
/** Of one sidecar: read, and not on disk yet. */
const MAX_ON_ITS_WAY = 256 * 1024;

export interface ReceivingDeps extends ShownDeps {
  readonly streams: Pick<Streams, 'agentOf'>;
  readonly store: Pick<Store, 'begin'>;
}

/** Answers one POST, until either side ends it. */
export function receiving(deps: ReceivingDeps) {
  const senders = createSenders(MAX_SENDERS);

  /** Who may begin a recording at this moment. */
  function following(session: Http2Session) {
    const shown = shownAgent(session, deps);
    return shown && deps.streams.agentOf(shown.agent.uid) && shown.agent;
  }

  function lanesOf(session: Http2Session) {
    const lanes = new Map<string, Lane>();
    return {
      async take(message: RecordingMessage): Promise<RecordingAnswer> {
        const { id } = message;
        const lane = lanes.get(id) ?? createLane(id, begin);
        if (!lanes.has(id) && lanes.size >= MAX_RECORDINGS) return { kind: 'refused', id, why: 'TooMany' };
        lanes.set(id, lane);
        const said = await lane.take(message);
        if (lane.isOver && lanes.get(id) === lane) lanes.delete(id);
        return said;
      },
      close() {
        for (const lane of lanes.values()) lane.close();
      },
    };

    async function begin({ header }: Extract<RecordingMessage, { kind: 'open' }>) {
      const agent = following(session);
      return agent === undefined ? 'NotFollowing' : deps.store.begin(agent, header);
    }
  }

  return async (stream: ServerHttp2Stream, session: Http2Session): Promise<void> => {
    if (shownAgent(session, deps) === undefined) return answer(stream, failure('NoIdentity'));
    const agent = following(session);
    if (agent === undefined) return answer(stream, failure('NotFollowing'));
    if (!senders.begin(agent, stream)) return answer(stream, failure('TooManySidecars'));
    const lanes = lanesOf(session);
    try {
      stream.respond({ ':status': 200, 'content-type': LINES_CONTENT_TYPE });
      await receive(stream, lanes.take);
    } catch {
      // The connection is lost: the sidecar goes on with what was not answered, here or elsewhere.
    } finally {
      lanes.close();
      senders.end(agent, stream);
    }
  };
}

/** Resolves when the sender has ended it, and ends it itself at what it does not understand. */
async function receive(
  stream: ServerHttp2Stream,
  take: (message: RecordingMessage) => Promise<RecordingAnswer>,
): Promise<void> {
  const read = readLines(MAX_RECORDING_LINE_BYTES);
  const onTheirWay = new Map<Promise<void>, number>();
  const bytes = (): number => [...onTheirWay.values()].reduce((sum, each) => sum + each, 0);

  const keep = (text: string): boolean => {
    const message = parsed(text);
    if (message === undefined) return false;
    const kept = take(message)
      .then((said) => {
        if (!stream.destroyed && !stream.writableEnded) stream.write(printLine(said));
      })
      .finally(() => onTheirWay.delete(kept));
    onTheirWay.set(kept, text.length);
    return true;
  };

  for await (const piece of stream as AsyncIterable<Buffer>) {
    for (const line of read(piece)) {
      if (line.kind === 'broken' || !keep(line.text)) {
        stream.destroy();
        return;
      }
      while (bytes() > MAX_ON_ITS_WAY) await Promise.race(onTheirWay.keys());
    }
    if (stream.writableNeedDrain) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
  }
  await Promise.all(onTheirWay.keys());
  stream.end();
}

function parsed(text: string): RecordingMessage | undefined {
  try {
    return RecordingMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
