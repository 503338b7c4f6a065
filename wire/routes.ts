// The controller's port for sidecars, as HTTP: HTTP/2 over TLS. The version of the messages stands in the path.
// A controller serves the versions of every sidecar that may still run; any error is a Status (status.ts).

export const ROUTES = {
  /** Proven by token, no client certificate yet: EnrolRequest → EnrolResponse, `application/json`. */
  enrol: { method: 'POST', path: '/v1/enrol' },
  /** With the identity as client certificate: answers lines without end, one EntitlementsMessage each. */
  entitlements: { method: 'GET', path: '/v1/entitlements' },
  /** Likewise, while the pod's entitlements come from the same replica: SpendRequest → SpendResponse, `application/json`. */
  spend: { method: 'POST', path: '/v1/spend' },
  /** Likewise: lines without end both ways, a RecordingMessage each and a RecordingAnswer. */
  recordings: { method: 'POST', path: '/v1/recordings' },
} as const;

export const LINES_CONTENT_TYPE = 'application/x-ndjson';

/** A trailer of the stream: why the controller ends it. For a person; a sidecar comes again, whatever it says. */
export const ENDED_BECAUSE = 'chaperone-ended-because';
