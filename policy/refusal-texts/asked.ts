// Why a call is refused for how it was asked, or by whom: nothing of a policy has been looked at yet.
import { listed, quoted, word } from '../quoting.ts';
import { row, type Why } from './row.ts';

export const askedTexts = {
  MalformedTarget: row(
    400,
    (f: Why) => `${f.why}, so chaperone and the API server could read it differently`,
    'alter',
    'send the path and query as kubectl or client-go print them',
  ),
  MalformedRequest: row(
    400,
    (f: Why) => f.why,
    'alter',
    'send it as a plain HTTP request with one value for each header',
  ),
  MalformedBody: row(
    400,
    (f: Why) => f.why,
    'alter',
    'send one object (a JSON Patch: one list) in JSON, each key once, as kubectl and client-go print it',
  ),
  OtherObject: row(
    400,
    (f: { field: string; inBody: string; inPath: string }) =>
      `its body has ${f.field} ${quoted(f.inBody)} where its path has ${quoted(f.inPath)}`,
    'alter',
    'send each object to its own path',
  ),
  OtherIdentity: row(
    403,
    (f: { header: string }) => `its header ${word(f.header)} speaks for another identity`,
    'alter',
    "send it without that header (kubectl: without --as, --as-group and --as-uid), as the agent's own",
  ),
  UnsupportedMethod: row(
    405,
    'its method has no verb in Kubernetes',
    'alter',
    'use GET, HEAD, POST, PUT, PATCH or DELETE',
  ),
  UpgradeRefused: row(
    400,
    'it asks for an upgrade where the API server need not stream',
    'alter',
    'send it without the Upgrade header; watch and log stream over plain HTTP',
  ),
  UpgradeRequired: row(
    400,
    'it asks for a stream without asking for an upgrade to one',
    'alter',
    'send it over HTTP/1.1 with Upgrade: websocket or Upgrade: SPDY/3.1, as kubectl and client-go do',
  ),
  UpgradeUnknown: row(
    400,
    (f: { upgrade: string }) => `it asks for an upgrade to ${quoted(f.upgrade, 64)}`,
    'alter',
    'ask for one of websocket and SPDY/3.1',
  ),
  ProtocolUnknown: row(
    400,
    (f: { protocols: readonly string[] }) =>
      `of the stream protocols that it offers (${listed(f.protocols)}) none is known here`,
    'alter',
    'offer one of those that kubectl and client-go offer, such as v5.channel.k8s.io',
  ),
  WorkloadPatch: row(
    403,
    'chaperone run has no webhook to show what a patch makes of pods or of a pod template',
    'alter',
    'read the object, change it and send it whole (kubectl replace)',
  ),
  ContinueUnknown: row(
    410,
    'its continue is not one that this list was given here, where a rule shows some of its objects only',
    'alter',
    'list from the beginning, without continue',
  ),
  // Who asks.
  UnknownCaller: row(
    401,
    'its bearer token is missing or is not the one that this caller was given',
    'alter',
    'read the token again where chaperone put it: /var/run/secrets/kubernetes.io/serviceaccount/token in a container, ' +
      'the kubeconfig of KUBECONFIG under chaperone run',
  ),
};
