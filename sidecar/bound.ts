// A write bound to what was found when it was judged: this version of this object, or none. To anything else it is not written;
// what the API server then says may come of comparing the two, and is not shown (exchange.ts).
import { pinnedTo } from '../masking/put-back/pinned.ts';
import type { Write } from '../masking/put-back/put-back.ts';
import type { Version } from '../masking/sentinel.ts';
import { isObject } from '../masking/shape.ts';

/** Nothing was ever stored at this version: etcd's first revision is that of an empty store. */
const NEVER = '1';

/**
 * Whether an object is written to another version than stands there; then nothing else in it matters, as to the API server. A
 * JSON Patch says so operation by operation.
 */
export function namesAnother({ form, value }: Write, { resourceVersion }: Version): boolean {
  const said =
    form !== 'operations' && isObject(value) && isObject(value.metadata) && value.metadata.resourceVersion;
  return typeof said === 'string' && said !== '' && said !== '0' && said !== resourceVersion;
}

/** What goes on to an object that was found: an apply would make it anew, were it gone, without asking for its version. */
export function toFound(form: Write['form'], value: unknown, { uid }: Version): unknown {
  if (form !== 'apply') return value;
  const { metadata, ...object } = value as Readonly<Record<string, unknown>>;
  return { ...object, metadata: { ...(isObject(metadata) && metadata), uid } };
}

/**
 * What goes on where nothing was found. An apply still makes the object, and everything else finds none; where one was made
 * meanwhile, none of them is written. A patch that does not create would not be applied, so no more of it is sent than that.
 */
export function toNone({ form, value }: Write): unknown {
  const creates = form === 'object' || form === 'apply';
  return pinnedTo(NEVER, form, creates ? value : form === 'operations' ? [] : {});
}
