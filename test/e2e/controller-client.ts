// A sidecar's conversation with the installed controller, spoken by a test: enrols with a token of its choice and follows the
// entitlements stream, each message with the monotonic moment of its arrival.
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { keyPairs, type Proving, request } from '../../ca/enrolment.fixture.ts';
import { fingerprint } from '../../ca/x509.ts';
import type { EnrolResponse } from '../../wire/enrol.ts';
import { type EntitlementsMessage, EntitlementsMessageSchema } from '../../wire/entitlements.ts';
import { readLines } from '../../wire/lines.ts';
import { ENDED_BECAUSE, ROUTES } from '../../wire/routes.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ok } from '../cluster/pods.ts';
import { waitFor } from '../cluster/wait.ts';

export const SYSTEM = 'chaperone-system';

export interface ControllerAddress {
  readonly authority: string;
  /** PEM; public: it stands in the webhook configurations. */
  readonly roots: string;
  readonly servername: string;
}

/** One replica of the installation, by its pod's own address, which leads here; there are two. */
export async function installedController(cluster: Cluster, nth: 0 | 1 = 0): Promise<ControllerAddress> {
  const get = (args: readonly string[]) => ok(cluster.kubectl(['get', ...args]));
  const pod = ['pods', '-n', SYSTEM, '-l', 'app.kubernetes.io/name=chaperone'];
  const address = await get([...pod, '-o', `jsonpath={.items[${nth}].status.podIP}`]);
  const bundle = [
    'validatingwebhookconfiguration',
    'chaperone',
    '-o',
    'jsonpath={.webhooks[0].clientConfig.caBundle}',
  ];
  return {
    authority: `https://${address}:8443`,
    roots: Buffer.from(await get(bundle), 'base64').toString(),
    servername: `chaperone.${SYSTEM}.svc`,
  };
}

async function open(
  { authority, roots, servername }: ControllerAddress,
  identity?: EnrolResponse,
): Promise<ClientHttp2Session> {
  const key = keyPairs.identity.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const shown = identity && { cert: identity.identity, key };
  const session = connect(authority, { ca: roots, servername, ...shown });
  await once(session, 'connect');
  return session;
}

export interface EnrolAnswer {
  readonly status: number;
  /** An EnrolResponse, or a Status. */
  readonly body: EnrolResponse & { message?: string; details?: { causes: readonly { reason: string }[] } };
}

/** Enrols with real keys and proofs for this token; `how` spoils one thing about them. */
export async function enrolWith(
  controller: ControllerAddress,
  token: string,
  how: Partial<Proving> = {},
): Promise<EnrolAnswer> {
  const session = await open(controller);
  const shown = (session.socket as TLSSocket).getPeerX509Certificate();
  const controllerSha256 = shown === undefined ? '' : fingerprint(shown);
  const asked = request({ timeMs: Date.now(), token, controllerSha256, ...how }, { token });
  const sent = how.timeMs === undefined ? asked : { ...asked, timeMs: how.timeMs };
  const { method, path } = ROUTES.enrol;
  const stream = session.request({ ':method': method, ':path': path });
  stream.end(JSON.stringify(sent));
  const [headers] = await once(stream, 'response');
  const pieces = await stream.toArray();
  session.close();
  return { status: Number(headers[':status']), body: JSON.parse(Buffer.concat(pieces).toString()) };
}

/** The status and body of one GET, with the identity where there is one. */
export async function call(controller: ControllerAddress, path: string, identity?: EnrolResponse) {
  const session = await open(controller, identity);
  const stream = session.request({ ':method': 'GET', ':path': path });
  const [headers] = await once(stream, 'response');
  const pieces = await stream.toArray();
  session.close();
  return { status: Number(headers[':status']), body: JSON.parse(Buffer.concat(pieces).toString()) };
}

export interface Arrived {
  readonly message: EntitlementsMessage;
  readonly atMs: number;
}

export interface Followed extends Disposable {
  /** Of the connection, for what else is asked on it. */
  readonly session: ClientHttp2Session;
  readonly arrived: readonly Arrived[];
  /** The first message, from number `from` on, that matches; waits for it. */
  until(what: string, match: (message: EntitlementsMessage) => boolean, from?: number): Promise<Arrived>;
  readonly isOver: () => boolean;
  /** The controller's words, where it ended the stream in order. */
  readonly endedBecause: () => string | undefined;
}

/** `onMessage` is told each as it comes. */
export async function follow(
  controller: ControllerAddress,
  identity: EnrolResponse,
  onMessage: (message: EntitlementsMessage) => void = () => {},
): Promise<Followed> {
  const session = await open(controller, identity);
  const { method, path } = ROUTES.entitlements;
  const stream = session.request({ ':method': method, ':path': path });
  const arrived: Arrived[] = [];
  const read = readLines();
  let isOver = false;
  let endedBecause: string | undefined;
  stream.on('error', () => {});
  stream.on('trailers', ({ [ENDED_BECAUSE]: why }) => {
    endedBecause = String(why);
  });
  stream.on('close', () => {
    isOver = true;
  });
  stream.on('data', (chunk: Buffer) => {
    const atMs = performance.now();
    for (const line of read(chunk)) {
      if (line.kind === 'broken') throw new Error(line.why);
      const message = EntitlementsMessageSchema.parse(JSON.parse(line.text));
      arrived.push({ atMs, message });
      onMessage(message);
    }
  });
  return {
    session,
    arrived,
    isOver: () => isOver,
    endedBecause: () => endedBecause,
    until: (what, match, from = 0) =>
      waitFor({
        what,
        timeoutMs: 15_000,
        probe: () => arrived.slice(from).find(({ message }) => match(message)),
        evidence: () => JSON.stringify(arrived.at(-1)?.message.snapshot),
      }),
    [Symbol.dispose]: () => session.destroy(),
  };
}

/** A token of the audience, bound to this pod, as the kubelet asks for it. */
export async function podToken(
  cluster: Cluster,
  {
    namespace,
    serviceAccount,
    pod,
    uid,
  }: { namespace: string; serviceAccount: string; pod: string; uid: string },
  audience = 'chaperone',
): Promise<string> {
  const bound = ['--bound-object-kind', 'Pod', '--bound-object-name', pod, '--bound-object-uid', uid];
  const token = ['create', 'token', serviceAccount, '-n', namespace, '--audience', audience, ...bound];
  return (await ok(cluster.kubectl(token))).trim();
}
