// How a permitted call is asked for upstream, and which wall its answer is read through: the filter of a list, then the mask.
import { secretsMasked } from '../masking/body.ts';
import { pagedQuery } from '../masking/paged-query.ts';
import { isProtected } from '../masking/protected.ts';
import type { Hash } from '../masking/sentinel.ts';
import { behind, type Wall } from '../masking/wall.ts';
import { printTarget } from '../policy/canonical.ts';
import type { Permit } from '../policy/decide.ts';
import type { Refusal } from '../policy/refusal.ts';
import { readTarget } from '../policy/target.ts';
import { filterFor } from './filtering.ts';
import type { Sealing } from './sealing.ts';

export interface Walled {
  readonly kind: 'walled';
  /** The target to forward. */
  readonly target: string;
  /** Undefined: the answer passes as it is. */
  readonly wall: Wall | undefined;
}

export interface WallKeys {
  /** Keys this pod's sentinels. */
  readonly hash: Hash;
  /** Seals this pod's `continue`. */
  readonly sealing: Sealing;
}

export function wallFor(permit: Permit, keys: WallKeys): Walled | Refusal {
  const { request, target, filter, exceptNamespace } = permit;
  const masks = isProtected(request) && !permit.unmasked;
  const mask = masks ? secretsMasked({ hash: keys.hash, reveal: permit.reveal }) : undefined;
  const showsAll = filter === undefined && exceptNamespace === undefined;
  const filtering =
    showsAll || request.kind === 'nonResource'
      ? { kind: 'filtered' as const, target, wall: undefined }
      : filterFor(request, target, permit, keys.sealing);
  if (filtering.kind === 'refusal') return filtering;
  const walls = [filtering.wall, mask].filter((wall) => wall !== undefined);
  if (walls.length === 0) return { kind: 'walled', target: filtering.target, wall: undefined };
  const asked = request.verb === 'list' ? inPages(filtering.target) : filtering.target;
  return { kind: 'walled', target: asked, wall: behind(...walls) };
}

function inPages(target: string): string {
  const read = readTarget(target);
  return read.kind === 'malformed' ? target : printTarget(read.segments, pagedQuery(read.query));
}
