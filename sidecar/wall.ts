// How a permitted call is asked for upstream, and which wall its answer is read through: the filter of a list, then the mask.
import { secretsMasked } from '../masking/body.ts';
import { isProtected } from '../masking/protected.ts';
import type { Hash } from '../masking/sentinel.ts';
import { behind, type Wall } from '../masking/wall.ts';
import type { Permit } from '../policy/decide.ts';
import type { Refusal } from '../policy/refusal.ts';
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

export function wallFor({ request, target, filter, ...permit }: Permit, keys: WallKeys): Walled | Refusal {
  const masks = isProtected(request) && !permit.unmasked;
  const mask = masks ? secretsMasked({ hash: keys.hash, reveal: permit.reveal }) : undefined;
  if (filter === undefined || request.kind === 'nonResource') return { kind: 'walled', target, wall: mask };
  const filtering = filterFor(request, target, filter, keys.sealing);
  if (filtering.kind === 'refusal') return filtering;
  const walls = [filtering.wall, mask].filter((wall) => wall !== undefined);
  return {
    kind: 'walled',
    target: filtering.target,
    wall: walls.length === 0 ? undefined : behind(...walls),
  };
}
