// Entitlements over HTTP: a stream for the agent that the client's certificate names, for as long as that is valid, where
// its pod lives and this replica can prove what it says.
import type { X509Certificate } from 'node:crypto';
import type { Http2Session, ServerHttp2Stream } from 'node:http2';
import type { KubeApi } from '../kube/api.ts';
import { findAgent } from './agent.ts';
import { answer, failure } from './answer.ts';
import type { Proof } from './proof.ts';
import type { Sessions } from './sessions.ts';
import { leftMsOf, type ShownDeps, shownAgent } from './shown-agent.ts';
import type { EntitlementsStream } from './stream.ts';
import type { Streams } from './streams.ts';
import { workloadsOf } from './workload.ts';

/** Timers of Node.js hold 2^31 ms; an identity lives an hour. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Why a sidecar is turned or sent away that another replica may serve. */
export const CUT_OFF = 'the API server does not answer this replica; another may be reached';

export interface EntitlementsDeps extends ShownDeps {
  readonly kube: KubeApi;
  readonly streams: Pick<Streams, 'open'>;
  readonly proof: Pick<Proof, 'renew'>;
}

export interface Entitlements {
  /** Answers one GET. */
  serve(stream: ServerHttp2Stream, session: Http2Session, sessions: Sessions): Promise<void>;
  /** The roots have changed: ends the streams whose identity none of them has signed. */
  review(): void;
}

export function entitlements(deps: EntitlementsDeps): Entitlements {
  const { kube, streams, proof } = deps;
  const open = new Map<EntitlementsStream, X509Certificate>();

  async function serve(stream: ServerHttp2Stream, session: Http2Session, sessions: Sessions) {
    const shown = shownAgent(session, deps);
    if (shown === undefined) return answer(stream, failure('NoIdentity'));
    stream.on('close', sessions.use(session));
    // What it is told first is not older than what any replica has told this sidecar before, or the one that crashed.
    const [agent, isProven] = await Promise.all([
      findAgent(kube, shown.agent, (pod) => workloadsOf(kube, pod)),
      proof.renew(),
    ]);
    if (!isProven) return answer(stream, failure('CutOff'));
    if (agent === undefined) return answer(stream, failure('AgentGone'));
    if (stream.destroyed) return;
    const opened = streams.open(stream, agent);
    if (opened === 'full') return answer(stream, failure('TooManySidecars'));
    open.set(opened, shown.certificate);
    const leftMs = Math.min(leftMsOf(shown.certificate, deps), MAX_TIMER_MS);
    const end = setTimeout(() => opened.end('the identity has ended'), leftMs);
    stream.on('close', () => {
      clearTimeout(end);
      open.delete(opened);
    });
  }

  return {
    serve,
    review() {
      for (const [stream, certificate] of open)
        if (leftMsOf(certificate, deps) === 0) stream.end('the root of the identity is trusted no more');
    },
  };
}
