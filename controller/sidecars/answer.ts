// Answers of the port for sidecars: JSON, and a Status for every no, in the one voice of refusals.
import type { ServerHttp2Stream } from 'node:http2';
import type { Status } from '../../policy/refusal.ts';

export function failure(code: 400 | 401 | 403 | 404 | 500 | 503, reason: string, why: string): Status {
  const message = `chaperone refuses this sidecar: ${why}`;
  const details = { causes: [{ reason, message: why }] } as const;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code,
    reason,
    message,
    details,
  };
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
