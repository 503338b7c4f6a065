// Enrolment over HTTP: reads a bounded body, lets ca/ decide, and leaves an Event on the pod where the answer is no.
// Whoever is in the cluster's network may call, so few are served at once and none for long.
import type { ServerHttp2Stream } from 'node:http2';
import { attestationStatus } from '../../ca/attestation-refusals.ts';
import { type EnrolDeps, enrol } from '../../ca/enrol.ts';
import { hasOurSidecar } from '../../injector/attested.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { EnrolRequestSchema, MAX_ENROL_REQUEST_BYTES } from '../../wire/enrol.ts';
import { beginDecision } from '../decisions.ts';
import type { Credentials } from '../identity/credentials.ts';
import { reviewToken } from '../identity/reviews.ts';
import type { KubeApi, KubeObject } from '../kube/api.ts';
import { warn } from '../kube/events.ts';
import { pathOf } from '../kube/paths.ts';
import { answer, failure } from './answer.ts';

/** A node that starts a hundred agents at once is served in a few turns; the sidecars try again. */
const MAX_AT_ONCE = 32;
const BODY_WITHIN_MS = 5_000;

export interface EnrolmentDeps {
  readonly kube: KubeApi;
  readonly credentials: () => Credentials;
  readonly trustDomain: string;
  readonly log: Logger;
}

/** Answers one POST; `controllerSha256` names the certificate that was shown on its connection. */
export function enrolments({ kube, credentials, trustDomain, log }: EnrolmentDeps) {
  let underWay = 0;

  async function serve(stream: ServerHttp2Stream, controllerSha256: string): Promise<void> {
    const body = await readBody(stream);
    const read = body && EnrolRequestSchema.safeParse(body.json);
    if (!read?.success) return answer(stream, failure(400, 'BadRequest', 'the body is no EnrolRequest'));
    const tell = beginDecision('enrol');
    let pod: KubeObject | undefined;
    const deps: EnrolDeps<KubeObject> = {
      reviewToken: (token, audiences) => reviewToken(kube, token, audiences),
      async readPod(namespace, name) {
        const outcome = await kube.call('GET', pathOf('pods', { namespace, name }));
        pod = outcome.kind === 'done' ? outcome.object : undefined;
        return pod;
      },
      hasOurSidecar,
      controllerSha256,
      nowMs: Date.now(),
      roots: credentials().roots,
      trustDomain,
    };
    const decided = await enrol(read.data, deps);
    if (decided.kind === 'enrolled') {
      const { namespace, pod, uid } = decided.agent;
      log.info('a sidecar is attested', { namespace, pod, uid });
      tell({ decision: 'permit', namespace, pod, podUid: uid });
      return answer(stream, { code: 200, json: decided.response });
    }
    const status = attestationStatus(decided);
    const claimed = { namespace: pod?.metadata.namespace, pod: pod?.metadata.name };
    log.warn('a sidecar is not attested', { code: decided.code, ...claimed });
    tell({ decision: 'denial', refusal: decided.code, ...claimed });
    if (pod !== undefined) await leaveEvent(pod, decided.code, status.message);
    return answer(stream, status);
  }

  async function leaveEvent(pod: KubeObject, code: string, message: string): Promise<void> {
    try {
      await warn(kube, pod, { reason: 'AttestationRefused', code, message }, Date.now());
    } catch (error) {
      log.warn('an Event could not be written', { error });
    }
  }

  return async (stream: ServerHttp2Stream, controllerSha256: string): Promise<void> => {
    if (underWay >= MAX_AT_ONCE) {
      return answer(stream, failure(503, 'ServiceUnavailable', 'too many sidecars enrol at once; try again'));
    }
    underWay += 1;
    try {
      await serve(stream, controllerSha256);
    } finally {
      underWay -= 1;
    }
  };
}

/** `undefined` for a body that is no JSON, or too long or too slow: then the stream is gone as well. */
async function readBody(stream: ServerHttp2Stream): Promise<{ json: unknown } | undefined> {
  const slow = setTimeout(() => stream.destroy(), BODY_WITHIN_MS);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > MAX_ENROL_REQUEST_BYTES) return undefined;
      pieces.push(piece);
    }
    return { json: JSON.parse(Buffer.concat(pieces).toString('utf8')) };
  } catch {
    return undefined;
  } finally {
    clearTimeout(slow);
  }
}
