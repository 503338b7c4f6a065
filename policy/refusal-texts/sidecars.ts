// Every reason for which the controller gives a sidecar no certificate or no entitlements. The sentence is in the sidecar's
// termination message and in an Event. Until a token has proven to be a pod's, it says nothing about the cluster.
import { row } from './row.ts';

interface Detail {
  /** Added to the cause; it must hold nothing that the asker does not already know. */
  readonly detail?: string | undefined;
}

const ONE_RELEASE = 'chaperone: sidecar and controller must be of one release';
const LABEL = 'the namespace to label it chaperone.dev/inject=enabled; then create the pod anew';
const ENDS = 'an identity ends with its pod';

const because = (why: string) => (f: Detail) => (f.detail === undefined ? why : `${why}: ${f.detail}`);

export const sidecarTexts = {
  StaleProof: row(
    401,
    'the proof was not made just now',
    'operators',
    "the cluster: the clock of the agent's node and that of the controller's node differ",
  ),
  UnfitKey: row(400, because('a public key is not one that is certified'), 'operators', ONE_RELEASE),
  SharedKey: row(400, 'both certificates were asked for with one key', 'operators', ONE_RELEASE),
  ProofMismatch: row(
    401,
    'a proof is not a signature by its key for this token, connection and purpose',
    'operators',
    'the cluster: something between sidecar and controller may end TLS there',
  ),
  TokenRejected: row(
    401,
    'the API server does not accept the token for the audience chaperone',
    'retry',
    'with a fresh token of that audience; a restarted pod has one',
  ),
  NotAPod: row(
    403,
    'the token is not bound to a pod',
    'none',
    'only a sidecar that chaperone injected is attested',
  ),
  PodGone: row(403, 'the pod that the token is bound to does not exist', 'none', ENDS),
  OtherPod: row(
    403,
    'another pod has taken the name of the one that the token is bound to',
    'none',
    'the new pod enrols with a token of its own',
  ),
  OtherServiceAccount: row(
    403,
    'the pod runs as another ServiceAccount than the token says',
    'operators',
    'the cluster: Kubernetes makes no such token',
  ),
  PodEnding: row(403, 'the pod is terminating or has finished', 'none', ENDS),
  NamespaceUnseen: row(
    403,
    'chaperone does not look at the pods of this namespace, so that the sidecar may be anything',
    'owners',
    LABEL,
  ),
  SidecarMissing: row(
    403,
    because('the pod does not carry the sidecar that chaperone injects'),
    'owners',
    LABEL,
  ),
  LoopbackRootGone: row(
    403,
    "the root that the pod's clients trust has ended or is not held here",
    'owners',
    'the pod to create it anew: its clients read the new root when they start',
  ),
  // Of the port itself.
  TooManyEnrolments: row(503, 'too many sidecars enrol at once', 'retry', 'in a second', 1),
  CutOff: row(
    503,
    'this replica does not reach the API server',
    'retry',
    'in a second: another replica may',
    1,
  ),
  NoEnrolRequest: row(400, 'the body is no EnrolRequest', 'operators', ONE_RELEASE),
  NoIdentity: row(401, 'no valid identity was shown', 'alter', 'enrol first'),
  AgentGone: row(403, 'the pod that the identity names does not exist', 'none', ENDS),
  TooManySidecars: row(503, 'this replica serves no more sidecars', 'retry', 'in a second', 1),
  NoSpendRequest: row(400, 'the body is no SpendRequest', 'operators', ONE_RELEASE),
  NotFollowing: row(
    503,
    'this replica sends no entitlements to that pod, or not of one AgentPolicy',
    'retry',
    'when it does, on the same connection',
    1,
  ),
  TooManyCounts: row(
    403,
    'as many workloads have called under that policy as are counted',
    'operators',
    'chaperone: too many workloads come and go under one AgentPolicy with budgets',
  ),
  NoSuchRoute: row(404, 'there is nothing here', 'operators', ONE_RELEASE),
  ApiServerSilent: row(500, 'the API server did not answer the controller', 'retry', 'in a second', 1),
};
