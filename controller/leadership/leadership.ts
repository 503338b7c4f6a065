// Leadership: at most one replica at a time does what need be done once (statuses, retention, rotation). It spares work
// and never guards it: every write still names a resourceVersion, since whoever leads may learn late that it no longer does.
import type { Logger } from '../../telemetry/logger.ts';
import { found, type KubeApi, type KubeObject } from '../kube/api.ts';
import { startLoop } from '../kube/loop.ts';
import { pathOf } from '../kube/paths.ts';
import {
  givenUp,
  type LeadershipRecord,
  led,
  mayLead,
  type Observed,
  observe,
  RENEW_DEADLINE_MS,
} from './record.ts';

/** One in a namespace, and so one for all replicas. */
const NAME = 'chaperone';
/** client-go's RetryPeriod: how often who leads renews, and everyone else looks. */
const EVERY_MS = 2_000;

export interface Leadership {
  /** Whether this replica leads at this moment. */
  readonly leading: () => boolean;
  /** Calls `listener` each time this replica has come to lead. */
  readonly onLeading: (listener: () => void) => void;
  /** Gives it up, so that another may lead at once. */
  readonly stop: () => Promise<void>;
}

export interface LeadershipOptions {
  readonly kube: Pick<KubeApi, 'call'>;
  /** Where chaperone itself runs. */
  readonly namespace: string;
  /** This replica's own, at this moment nobody else's: its pod's name. */
  readonly identity: string;
  readonly log: Logger;
}

type Lease = KubeObject & { readonly spec?: LeadershipRecord };

export function startLeadership({ kube, namespace, identity, log }: LeadershipOptions): Leadership {
  const listeners: (() => void)[] = [];
  let seen: Observed | undefined;
  let held: Lease | undefined;
  let renewedAtMs = Number.NEGATIVE_INFINITY;

  const leading = () => held !== undefined && performance.now() - renewedAtMs < RENEW_DEADLINE_MS;
  const place = { namespace, name: NAME };

  async function write(lease: Lease | undefined, spec: LeadershipRecord): Promise<Lease | undefined> {
    const metadata = lease?.metadata ?? place;
    const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const written =
      lease === undefined
        ? await kube.call<Lease>('POST', pathOf('leases', { namespace }), object)
        : await kube.call<Lease>('PUT', pathOf('leases', place), object);
    return written.kind === 'done' ? written.object : undefined;
  }

  async function pass(): Promise<number> {
    const wasLeading = leading();
    const askedAtMs = performance.now();
    const outcome = await kube.call<Lease>('GET', pathOf('leases', place));
    const lease = outcome.kind === 'absent' ? undefined : found(outcome, `Lease ${NAME}`);
    const record = lease?.spec ?? {};
    seen = observe(seen, lease?.metadata.resourceVersion ?? '', performance.now());
    const isMine = mayLead(record, seen, identity, performance.now());
    held = isMine ? await write(lease, led(record, identity, Date.now())) : undefined;
    if (held !== undefined) renewedAtMs = askedAtMs;
    if (leading() === wasLeading) return EVERY_MS;
    log.info(wasLeading ? 'this replica leads no more' : 'this replica leads');
    if (!wasLeading) for (const listener of listeners) listener();
    return EVERY_MS;
  }

  const loop = startLoop({ what: 'leadership', pass, log });
  return {
    leading,
    onLeading: (listener) => void listeners.push(listener),
    async stop() {
      await loop.stop();
      const last = leading() ? held : undefined;
      held = undefined;
      if (last?.spec === undefined) return;
      await write(last, givenUp(last.spec, Date.now())).catch((error: unknown) =>
        log.warn('leadership could not be given up; it ends by itself', { error }),
      );
    },
  };
}
