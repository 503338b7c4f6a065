// Enrolment over HTTP: reads a bounded body, lets ca/ decide, and leaves an Event on the pod where the answer is no.
// Whoever is in the cluster's network may call, so few are served at once and none for long.
import type { ServerHttp2Stream } from 'node:http2';
import { attestationStatus } from '../../ca/attestation-refusals.ts';
import { type EnrolDeps, enrol } from '../../ca/enrol.ts';
import { hasOurSidecar } from '../../injector/attested.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { type EnrolRequest, EnrolRequestSchema, MAX_ENROL_REQUEST_BYTES } from '../../wire/enrol.ts';
import { beginDecision } from '../decisions.ts';
import type { Credentials } from '../identity/credentials.ts';
import { reviewToken } from '../identity/reviews.ts';
import { isInjected } from '../injected.ts';
import type { KubeApi, KubeObject } from '../kube/api.ts';
import { warn } from '../kube/events.ts';
import { pathOf } from '../kube/paths.ts';
import { slots } from '../slots.ts';
import { answer, failure } from './answer.ts';
import { readBody } from './read-body.ts';

/** Of bodies that are being read, by remote address: whoever is slow waits here, and keeps nobody else from enrolling. */
const READING = { all: 256, each: 2 };
/** Each asks the API server. A pod enrols once at a time, and again where it has lost the answer; the others try again. */
const ENROLLING = { all: 32, each: 2 };

export interface EnrolmentDeps {
  readonly kube: KubeApi;
  readonly credentials: () => Credentials;
  readonly trustDomain: string;
  /** Where chaperone itself runs. */
  readonly namespace: string;
  readonly log: Logger;
}

/** Who calls, on which connection. */
export interface Caller {
  /** Its remote address. */
  readonly address: string;
  /** Of the certificate that was shown to it. */
  readonly controllerSha256: string;
  /** Keeps the connection until what this returns is called. */
  readonly use: () => () => void;
}

/** Answers one POST. */
export function enrolments({ kube, credentials, trustDomain, namespace, log }: EnrolmentDeps) {
  const reading = slots(READING);
  const enrolling = slots(ENROLLING);

  async function serve(
    stream: ServerHttp2Stream,
    request: EnrolRequest,
    { controllerSha256 }: Caller,
  ): Promise<void> {
    const tell = beginDecision('enrol');
    let pod: KubeObject | undefined;
    const deps: EnrolDeps<KubeObject> = {
      reviewToken: (token, audiences) => reviewToken(kube, token, audiences),
      async readPod(namespace, name) {
        const outcome = await kube.call('GET', pathOf('pods', { namespace, name }));
        pod = outcome.kind === 'done' ? outcome.object : undefined;
        return pod;
      },
      isInjected: (name) => isInjected(kube, namespace, name),
      hasOurSidecar,
      controllerSha256,
      nowMs: Date.now(),
      roots: credentials().roots,
      trustDomain,
    };
    const decided = await enrol(request, deps).catch((error: unknown) => {
      tell({ decision: 'denial', refusal: 'Internal' });
      throw error;
    });
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

  const full = (stream: ServerHttp2Stream) => answer(stream, failure('TooManyEnrolments'));

  return async (stream: ServerHttp2Stream, caller: Caller): Promise<void> => {
    const isRead = reading.take(caller.address);
    if (isRead === undefined) return full(stream);
    const body = await readBody(stream, MAX_ENROL_REQUEST_BYTES).finally(isRead);
    const read = body && EnrolRequestSchema.safeParse(body.json);
    if (!read?.success) return answer(stream, failure('NoEnrolRequest'));
    const isOver = enrolling.take(caller.address);
    if (isOver === undefined) return full(stream);
    const isUsed = caller.use();
    try {
      await serve(stream, read.data, caller);
    } finally {
      isOver();
      isUsed();
    }
  };
}
