// One batch of requests, sent to the sidecar's door and to the API server as they are, and what we would forward of each to
// the API server too; with what the audit log then holds of them.
import type { AuditEvent } from '../cluster/audit.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Accounts } from './accounts.ts';
import { openDoor, type Read, type Refused } from './door.ts';
import { openLogbook } from './logbook.ts';
import { filled, type RawRequest } from './requests.ts';
import { mayBeUnlogged } from './verdict.ts';
import type { Bytes, Place, Status, Wire } from './wire/answer.ts';
import { http1 } from './wire/h1.ts';
import { http2 } from './wire/h2.ts';

/** What the API server answered to some bytes, and every event it logged of them. */
export interface Heard {
  readonly status: Status;
  readonly events: readonly AuditEvent[];
}

export interface Exchanged {
  readonly raw: RawRequest;
  /** What we make of it; undefined where HTTP itself refuses it at the door. */
  readonly ours: Read | Refused | undefined;
  readonly heard: Heard;
  /** Of what we would forward. */
  readonly printed: Heard | undefined;
}

export interface Exchange extends AsyncDisposable {
  run(requests: readonly RawRequest[]): Promise<Exchanged[]>;
}

interface Lane {
  readonly door: Readonly<Record<'h1' | 'h2', Wire>>;
  readonly server: Readonly<Record<'h1' | 'h2', Wire>>;
}

/** Requests on their way at once: enough to keep two cores busy. */
const LANES = 16;

const printedId = (id: string): string => `${id}-printed`;

export async function openExchange(cluster: Cluster, accounts: Accounts): Promise<Exchange> {
  const { token, otherToken: other } = accounts;
  const { hostname, port } = new URL(cluster.server);
  const server: Place = { host: hostname, port: Number(port), ca: cluster.ca };
  const door = await openDoor(token, printedId);
  const wires = (place: Place) => ({ h1: http1(place), h2: http2(place) });
  const lanes = Array.from(
    { length: LANES },
    (): Lane => ({ door: wires(door.place), server: wires(server) }),
  );
  /** Names this run's calls among others of the same log. */
  const run = `${Math.random().toString(36).slice(2)}-`;
  const logbook = openLogbook(cluster, run);
  let sent = 0;

  const send = async (lane: Lane, raw: RawRequest) => {
    sent += 1;
    const id = `${run}${sent}`;
    const bytes = filled(raw, { token, other, packed: Buffer.from(other).toString('base64url'), id });
    const { protocol } = raw;
    const [status] = await Promise.all([lane.server[protocol].send(bytes), lane.door[protocol].send(bytes)]);
    const ours = door.take(id);
    const printed = ours?.kind === 'read' ? await lane.server.h1.send(forwarded(ours)) : undefined;
    return { raw, id, status, ours, printed };
  };

  return {
    async run(requests) {
      const waiting = requests.entries();
      const answered: Awaited<ReturnType<typeof send>>[] = [];
      const takeOne = async (lane: Lane) => {
        for (const [index, raw] of waiting) answered[index] = await send(lane, raw);
      };
      await Promise.all(lanes.map(takeOne));
      // What has been answered before this call has been logged when this call has been.
      const end = `${run}end-${sent}`;
      await lanes[0]?.server.h1.send(
        forwarded({
          request: { method: 'GET', target: '/' },
          headers: [
            ['Host', 'kubernetes'],
            ['Authorization', `Bearer ${token}`],
            ['Audit-ID', end],
          ],
        }),
      );
      const logged = answered.flatMap(({ raw, id, status, printed }) => [
        ...(mayBeUnlogged(status, raw) ? [] : [id]),
        ...(printed === undefined || mayBeUnlogged(printed, raw) ? [] : [printedId(id)]),
      ]);
      const events = await logbook.take([...logged, end]);
      const heard = (id: string, status: Status): Heard => ({ status, events: events.get(id) ?? [] });
      return answered.map(({ raw, id, status, ours, printed }) => ({
        raw,
        ours,
        heard: heard(id, status),
        printed: printed === undefined ? undefined : heard(printedId(id), printed),
      }));
    },
    async [Symbol.asyncDispose]() {
      for (const { door: near, server: far } of lanes)
        for (const wire of [near.h1, near.h2, far.h1, far.h2]) wire.close();
      door.close();
    },
  };
}

/** As forward.ts sends it: the method, the print, and headers of our own. */
function forwarded({
  request: { method, target },
  headers,
}: {
  readonly request: Pick<Read['request'], 'method' | 'target'>;
  readonly headers: Read['headers'];
}): Bytes {
  return { method, target, headers, version: 'HTTP/1.1', body: '', alone: false };
}
