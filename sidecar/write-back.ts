// One write over hidden values, judged against the object as it stands: what goes on holds the values that its sentinels stand
// for, and takes effect at the version it was judged against or not at all.
import type { Hold } from '../masking/growing-bytes.ts';
import { isProtected } from '../masking/protected.ts';
import type { Fault, PutBack } from '../masking/put-back/put-back.ts';
import { asIs } from '../masking/shape.ts';
import type { Wall } from '../masking/wall.ts';
import { wordsOfWrites } from '../masking/written-status.ts';
import type { Permit } from '../policy/decide.ts';
import { type Refusal, refuse } from '../policy/refusal.ts';
import { namesAnother, toFound, toNone } from './bound.ts';
import { changesOf } from './changed-places.ts';
import { CLOSED_TYPE, closedType } from './closed-type.ts';
import { type LiveBytes, readLive } from './live-object.ts';
import type { OwnGet } from './own-call.ts';
import type { For, PuttingBackParts } from './putting-back.ts';
import { type CheckedBody, readWriteBody, releaseTooLarge, sentinelRefused } from './write-body.ts';
import { writeOf } from './write-form.ts';

export interface Judged {
  readonly kind: 'judged';
  /** What goes on. */
  readonly body: CheckedBody;
  /** How many values were put back. */
  readonly count: number;
  /** The version at which it takes effect was chosen here: a conflict is ours to judge again. */
  readonly pinned: boolean;
  /** The resourceVersion it was judged against; undefined: nothing stood there. */
  readonly version: string | undefined;
  /** What is said of it may depend on something hidden. */
  readonly hides: boolean;
}

export interface WriteBack {
  /** Reads the object and judges the write against it, each time anew. */
  judge(): Promise<Judged | Refusal>;
  /** Learns from the answer which values are as they were; of it, all is shown but words that may quote what is hidden. */
  readonly observer: Wall;
}

export interface Writing {
  readonly permit: Permit;
  /** As it came, and could be read. */
  readonly bytes: Buffer;
  readonly type: string | undefined;
  readonly putting: For;
  readonly print: (value: unknown) => CheckedBody | Refusal;
}

/**
 * What is read of the body and of the object is not kept while others are waited for: parsed, it may take many times its bytes.
 * `hold`: of the room for bodies, for the body as it came and as it goes on.
 */
export function createWriteBack(
  { permit, bytes, type, putting, print }: Writing,
  { get, hold }: { readonly get: OwnGet; readonly hold: Hold },
  parts: PuttingBackParts,
): WriteBack {
  const { request } = permit;
  let hides = true;
  let last: { readonly live: LiveBytes; readonly changed: PutBack['changed'] } | undefined;

  const printed = (value: unknown, of: Omit<Judged, 'kind' | 'body'>): Judged | Refusal => {
    const body = print(value);
    if (body.kind === 'refusal') return body;
    if (!hold(bytes.length + body.bytes.length)) return refuse('Busy', { request });
    return { kind: 'judged', body, ...of };
  };

  return {
    async judge() {
      last = undefined;
      const live = await readLive(get, request);
      if (live.kind === 'refusal') return live;
      const read = readWriteBody(bytes, type, request);
      if (read.kind !== 'json') throw new Error('a body is read differently the second time');
      const write = writeOf(request, type, read.value);
      if (live.kind === 'absent') {
        const refused = sentinelRefused(write.value, request);
        if (refused !== undefined) return refused;
        hides = isProtected(request);
        const none = { count: 0, pinned: true, version: undefined, hides };
        return closedType(permit, write.value) ?? printed(toNone(write), none);
      }
      if (namesAnother(write, live.version))
        return refuse('ObjectChanged', { request, field: 'metadata.resourceVersion' });
      const put = putting(live, permit, parts)(write, live.object);
      if (put.kind === 'fault') return refusalOf(put, permit);
      const { count, pinned, changed } = put;
      hides = put.hides;
      if (!write.dryRun) last = { live: { bytes: live.bytes, version: live.version }, changed };
      const value = toFound(write.form, put.value, live.version);
      return printed(value, { count, pinned, version: live.version.resourceVersion, hides });
    },
    observer: {
      body(answer) {
        const changes = last && changesOf(last.live, answer, last.changed);
        if (last && changes) {
          const { uid, resourceVersion } = last.live.version;
          parts.lineage.wrote(uid, resourceVersion, changes.to, changes.changed);
        }
        return hides && !isProtected(request) ? wordsOfWrites.body(answer) : asIs(answer);
      },
      event: asIs,
      warning: (header) => !hides || wordsOfWrites.warning?.(header) !== false,
    },
  };
}

function refusalOf({ code, at: field, belongsAt }: Fault, { request }: Permit): Refusal {
  if (code === 'LiveUnreadable') return refuse(code, { request, why: field });
  if (code === 'TooLarge') return releaseTooLarge(request);
  if (code === 'ClosedType') return refuse('ClosedList', { request, field, why: CLOSED_TYPE });
  return refuse(code, { request, field, belongsAt });
}
