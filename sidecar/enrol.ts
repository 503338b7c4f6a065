// Enrolment from the sidecar's side: two fresh keys with their proofs and the attestation token go up, two certificates
// come back. At the start and at every renewal alike.
import {
  type EnrolRequest,
  type EnrolResponse,
  EnrolResponseSchema,
  MAX_ENROL_RESPONSE_BYTES,
} from '../wire/enrol.ts';
import { ROUTES } from '../wire/routes.ts';
import { answerOf, messageOf } from './controller-answer.ts';
import { type ControllerAddress, connectController } from './controller-connection.ts';
import { makeKey, type OwnKey, prove } from './keys.ts';

/** What the controller asks the API server takes well under a second. */
const ANSWER_WITHIN_MS = 10_000;

export interface Enrolment {
  readonly response: EnrolResponse;
  readonly identityKey: OwnKey;
  readonly loopbackKey: OwnKey;
}

/** The controller's answer was no, and it said why. */
export class EnrolmentRefused extends Error {
  override readonly name = 'EnrolmentRefused';
}

/**
 * Enrols once. `loopbackRoot`: fingerprint of the root that the pod's clients have read, undefined at first. Rejects with
 * EnrolmentRefused where the controller says no, with another Error where it could not be asked.
 */
export async function enrol(
  controller: ControllerAddress,
  token: string,
  loopbackRoot: string | undefined,
): Promise<Enrolment> {
  const [identityKey, loopbackKey] = await Promise.all([makeKey(), makeKey()]);
  const connection = await connectController(controller);
  try {
    const proof = { token, controllerCertificate: connection.certificate, timeMs: Date.now() };
    const request: EnrolRequest = {
      token,
      timeMs: proof.timeMs,
      identity: prove(identityKey, { ...proof, purpose: 'identity' }),
      loopback: prove(loopbackKey, { ...proof, purpose: 'loopback' }),
      ...(loopbackRoot === undefined ? {} : { loopbackRoot }),
    };
    const stream = connection.request(ROUTES.enrol.method, ROUTES.enrol.path);
    stream.end(JSON.stringify(request));
    const answer = await answerOf(stream, MAX_ENROL_RESPONSE_BYTES, AbortSignal.timeout(ANSWER_WITHIN_MS));
    if (answer.status !== 200) throw new EnrolmentRefused(messageOf(answer));
    return { response: EnrolResponseSchema.parse(JSON.parse(answer.body)), identityKey, loopbackKey };
  } finally {
    connection.close();
  }
}
