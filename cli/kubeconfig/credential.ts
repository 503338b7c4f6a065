// The real credential of a kubeconfig's user. It is asked for anew as calls come, so that a rotated one is taken up, and
// one that cannot be had refuses the calls and tells the person why.
import type { Credential, Presented } from '../../sidecar/credential.ts';
import type { Clock } from '../../sidecar/monotonic.ts';
import type { ApiServer } from '../../sidecar/upstream.ts';
import { UsageError } from '../usage-error.ts';
import type { Chosen } from './choose.ts';
import { askPlugin, type ExecPlugin, preparePlugin } from './exec-plugin.ts';
import { hasOwnCredential, readOwnCredential } from './own-credential.ts';
import { presentable } from './presentable.ts';

/** Files and plugins are not asked for every one of a burst of calls. */
const LEAST_MS = 1000;
/** A credential may be revoked, and a machine may sleep: nothing that a plugin says is believed for longer. */
const MOST_MS = 60_000;

/** These change who the API server sees, or need a client of their own. Silently left out, they would widen access. */
const UNSUPPORTED = ['as', 'as-uid', 'as-groups', 'as-user-extra', 'username', 'password', 'auth-provider'];

export interface CredentialParts {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  /** Tells the person that it cannot be had, once, and that it can again. */
  readonly say: (message: string) => void;
}

/** Throws UsageError where the user can never be presented. */
export function credentialOf(chosen: Chosen, server: ApiServer, parts: CredentialParts): Credential {
  const { user, cluster } = chosen;
  const fail = (why: string): never => {
    throw new UsageError(`kubeconfig: user "${user.name}": ${why}`);
  };
  const unsupported = UNSUPPORTED.find((field) => Boolean(user.value[field]));
  if (unsupported !== undefined) return fail(`${unsupported} is not supported`);
  const tell = (why: string | undefined): void =>
    parts.say(
      why === undefined
        ? `the credential of user "${user.name}" can be had again`
        : `the credential of user "${user.name}" cannot be had, and calls are refused: ${why}`,
    );
  if (hasOwnCredential(user.value)) {
    const ask = async (): Promise<Asked> => ({ answer: await readOwnCredential(user), keepMs: LEAST_MS });
    return keeping(ask, parts.clock, tell);
  }
  const { exec } = user.value;
  if (!exec) return fail('holds no token, no client certificate and no exec plugin');
  if (exec.interactiveMode === 'Always')
    return fail('exec.interactiveMode is Always, but the terminal belongs to COMMAND');
  const plugin = preparePlugin(exec, user.folder, cluster, server, parts.environment);
  return keeping(() => askOnce(plugin, parts.clock), parts.clock, tell);
}

/** What was found, and for how long it may be used without asking again. */
interface Asked {
  readonly answer: Presented | { readonly why: string };
  readonly keepMs: number;
}

async function askOnce(plugin: ExecPlugin, clock: Clock): Promise<Asked> {
  const said = await askPlugin(plugin);
  if (said.kind === 'failed')
    return { answer: { why: `the exec plugin ${said.why}; run it by hand to see why` }, keepMs: LEAST_MS };
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = said.status;
  const leftMs = expirationTimestamp ? Date.parse(expirationTimestamp) - clock.wallMs() : MOST_MS;
  return {
    answer: presentable({ token: token || undefined, cert: clientCertificateData, key: clientKeyData }),
    keepMs: Math.min(Math.max(LEAST_MS, leftMs), MOST_MS),
  };
}

function keeping(
  ask: () => Promise<Asked>,
  clock: Clock,
  tell: (why: string | undefined) => void,
): Credential {
  let asked: Promise<Presented | undefined> | undefined;
  let askAgainMs = 0;
  let failing = false;
  const askNow = async (): Promise<Presented | undefined> => {
    // One question at a time: who comes meanwhile waits for its answer.
    askAgainMs = Number.POSITIVE_INFINITY;
    const { answer, keepMs } = await ask();
    const failed = 'why' in answer;
    askAgainMs = clock.monotonicMs() + (failed ? LEAST_MS : keepMs);
    if (failed !== failing) tell(failed ? answer.why : undefined);
    failing = failed;
    return failed ? undefined : answer;
  };
  return {
    present() {
      if (asked === undefined || clock.monotonicMs() >= askAgainMs) asked = askNow();
      return asked;
    },
  };
}
