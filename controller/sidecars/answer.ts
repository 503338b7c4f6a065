// Answers of the port for sidecars: JSON, and a Status for every no, in the one voice of refusals.
import type { ServerHttp2Stream } from 'node:http2';
import { refuseBy } from '../../policy/refusal.ts';
import { sidecarTexts } from '../../policy/refusal-texts/sidecars.ts';
import { type Status, toStatus } from '../../policy/status.ts';

export function failure(code: keyof typeof sidecarTexts): Status {
  const asked = { kind: 'other', what: 'to serve this sidecar' } as const;
  return toStatus(refuseBy(sidecarTexts, asked, [{ code, facts: {} }]));
}

/** Nothing where the stream is over already. */
export function answer(
  stream: ServerHttp2Stream,
  body: Status | { readonly code: 200; readonly json: object },
): void {
  if (stream.closed || stream.destroyed || stream.headersSent) return;
  stream.respond({ ':status': body.code, 'content-type': 'application/json' });
  stream.end(JSON.stringify('json' in body ? body.json : body));
}
