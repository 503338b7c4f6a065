import { createVerify, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EnrolRequestSchema, type EnrolResponse, MAX_ENROL_RESPONSE_BYTES } from '../wire/enrol.ts';
import { proofText } from '../wire/proof.ts';
import { EnrolmentRefused, enrol } from './enrol.ts';
import { sha256 } from './keys.ts';
import { selfSigned, startController } from './test-tls.ts';

const token = 'header.claims.signature';
const pem = selfSigned().chain;
const response: EnrolResponse = {
  identity: pem,
  loopback: pem,
  loopbackRoot: pem,
  controlRoots: pem,
  renewAfterMs: 1_800_000,
};

/** A controller that answers with `status` and `body`, and keeps what it was asked. */
async function controllerOf(status: number, body: string) {
  const asked: { path: unknown; request: unknown }[] = [];
  const controller = await startController(async (stream, headers) => {
    const text = (await stream.toArray()).join('');
    asked.push({ path: headers[':path'], request: JSON.parse(text) });
    stream.respond({ ':status': status });
    stream.end(body);
  });
  return Object.assign(controller, { asked });
}

describe('enrolment', () => {
  test('sends two keys, each with a proof over token, connection, purpose and time', async () => {
    await using controller = await controllerOf(200, JSON.stringify(response));
    const enrolment = await enrol(controller, token, 'a'.repeat(64));
    expect(enrolment.response).toEqual(response);
    expect(controller.asked).toMatchObject([{ path: '/v1/enrol' }]);
    const request = EnrolRequestSchema.parse(controller.asked[0]?.request);
    expect(request).toMatchObject({ token, loopbackRoot: 'a'.repeat(64) });
    const controllerSha256 = sha256(new X509Certificate(controller.roots).raw);
    for (const purpose of ['identity', 'loopback'] as const) {
      const { publicKey, proof } = request[purpose];
      expect(publicKey).toBe(enrolment[`${purpose}Key`].publicKey);
      const text = proofText({
        purpose,
        tokenSha256: sha256(token),
        controllerSha256,
        timeMs: request.timeMs,
      });
      expect(createVerify('sha256').update(text).verify(publicKey, proof, 'base64url')).toBe(true);
    }
    expect(request.identity.publicKey).not.toBe(request.loopback.publicKey);
  });

  test("that is refused tells the controller's own words", async () => {
    const message = 'the pod is gone';
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: 403,
      reason: 'Forbidden',
      message,
    };
    await using controller = await controllerOf(403, JSON.stringify(status));
    await expect(enrol(controller, token, undefined)).rejects.toThrow(new EnrolmentRefused(message));
    expect(controller.asked[0]?.request).not.toHaveProperty('loopbackRoot');
  });

  test('that is refused without a Status tells the number', async () => {
    await using controller = await controllerOf(503, '<html>');
    await expect(enrol(controller, token, undefined)).rejects.toThrow('the controller answered 503');
  });

  test.each([
    ['is not JSON', 'yes'],
    ['holds a field too many', JSON.stringify({ ...response, also: 1 })],
    ['lacks a certificate', JSON.stringify({ ...response, identity: '' })],
    ['is too long', 'x'.repeat(MAX_ENROL_RESPONSE_BYTES + 1)],
  ])('fails where the answer %s', async (_, body) => {
    await using controller = await controllerOf(200, body);
    await expect(enrol(controller, token, undefined)).rejects.toThrow();
  });

  test('sends its token to nobody but the controller that the roots name', async () => {
    await using controller = await controllerOf(200, JSON.stringify(response));
    const stranger = { url: controller.url, roots: pem };
    await expect(enrol(stranger, token, undefined)).rejects.toThrow(/self-signed|verify/i);
    expect(controller.asked).toEqual([]);
  });

  test('fails where the controller breaks off', async () => {
    await using controller = await startController((stream) => stream.close(2));
    await expect(enrol(controller, token, undefined)).rejects.toThrow();
  });
});
