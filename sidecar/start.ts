// The data plane, put together from its parts: the same for a pod's sidecar and for `chaperone run`.
import { setTimeout as after } from 'node:timers/promises';
import { decideAgain } from '../policy/decide-again.ts';
import { refuse } from '../policy/refusal.ts';
import type { CallFacts } from '../telemetry/attributes.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Spans } from '../telemetry/spans.ts';
import { MAX_BODIES_BYTES } from './body.ts';
import type { Callers } from './callers.ts';
import type { Credential } from './credential.ts';
import type { HeldEntitlements } from './held-entitlements.ts';
import { keyedHash } from './keyed-hash.ts';
import type { LineSink } from './line-sink.ts';
import { createLineage } from './lineage.ts';
import { type Certificate, type Listener, listen } from './listener.ts';
import type { Clock } from './monotonic.ts';
import { createOpenCalls } from './open-calls.ts';
import { createPatterns } from './patterns.ts';
import { createPipeline } from './pipeline.ts';
import { MAX_ANSWERS_BYTES } from './read-through.ts';
import { createRecorder } from './recorder.ts';
import { KEPT_WITHIN_MS, type Recordings } from './recording.ts';
import { createRoom } from './room.ts';
import { createSealing } from './sealing.ts';
import { type Counter, createSpending } from './spending.ts';
import { type ApiServer, createUpstream } from './upstream.ts';

export interface SidecarParts {
  readonly clock: Clock;
  readonly port: number;
  readonly certificate: Certificate;
  readonly callers: Callers;
  readonly held: HeldEntitlements;
  /** No webhook sees what is written of pods: it is judged here. */
  readonly judgesWorkloads: boolean;
  /** Who keeps the count that budgets are spent from. */
  readonly counter: Counter;
  readonly credential: Credential;
  readonly apiServer: ApiServer;
  /** One agent pod's life: its UID; or one run. */
  readonly session: string;
  /** Keys the sentinels and what is sealed; the same for as long as an agent may hold one. */
  readonly sentinelKey: Buffer;
  readonly records: LineSink;
  /** Where streams are recorded. */
  readonly recordings: Recordings;
  readonly spans: Spans;
  readonly log: Logger;
  readonly onEnd?: (facts: CallFacts) => void;
}

/** How long what is cut at the end has to tell its agent so. */
const LAST_WORDS_MS = 500;

export interface Sidecar {
  readonly port: number;
  renew(certificate: Certificate): void;
  /**
   * Lets open calls end within `graceMs`, then cuts them, closes every connection, waits until the last records and recordings are kept,
   * as long as they may take, and sends the last spans.
   */
  stop(graceMs: number): Promise<void>;
}

/** Starts to serve. Rejects where the port cannot be had. */
export async function startSidecar(parts: SidecarParts): Promise<Sidecar> {
  const { clock, callers, held, credential, session, records, spans, log, onEnd } = parts;
  const now = clock.monotonicMs;
  const openCalls = createOpenCalls({
    now,
    decideAgain: ({ permit, contentType }) => {
      const entitlements = held.current();
      if (entitlements === undefined) return refuse('StaleLease', { request: permit.request });
      return decideAgain(permit, entitlements, now(), contentType);
    },
    endOf: ({ until }) => {
      const entitlements = held.current();
      return entitlements === undefined ? now() : Math.min(until, entitlements.leaseUntil);
    },
  });
  held.onChange(openCalls.review);
  const upstream = createUpstream(parts.apiServer);
  const pipeline = createPipeline({
    now,
    wallMs: clock.wallMs,
    recordings: parts.recordings,
    callers,
    held,
    judgesWorkloads: parts.judgesWorkloads,
    spending: createSpending({ held, counter: parts.counter, now }),
    credential,
    rooms: { bodies: createRoom(MAX_BODIES_BYTES), answers: createRoom(MAX_ANSWERS_BYTES) },
    upstream,
    openCalls,
    recorder: createRecorder({ session, records, spans, ...(onEnd && { onEnd }) }),
    hash: keyedHash(parts.sentinelKey),
    sealing: createSealing(parts.sentinelKey),
    lineage: createLineage(),
    patterns: createPatterns(),
    log,
  });
  const listener: Listener = await listen(parts.certificate, pipeline.handle, parts.port);
  return {
    port: listener.port,
    renew: listener.renew,
    async stop(graceMs) {
      const late = setTimeout(() => openCalls.cutAll((request) => refuse('Draining', { request })), graceMs);
      await listener.drain(graceMs + LAST_WORDS_MS);
      clearTimeout(late);
      await Promise.race([pipeline.settled(), after(KEPT_WITHIN_MS, undefined, { ref: false })]);
      upstream.close();
      await spans.shutdown();
    },
  };
}
