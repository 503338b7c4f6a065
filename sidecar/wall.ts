// How a permitted call is asked for upstream, and which wall its answer is read through: the filter of a list, then the mask.
import { secretsMasked, secretsWritten } from '../masking/body.ts';
import { roomForReleases } from '../masking/helm/release.ts';
import { pagedQuery } from '../masking/paged-query.ts';
import type { Patterns } from '../masking/patterns/compile.ts';
import { createLogMasker } from '../masking/patterns/log.ts';
import { textsHidden } from '../masking/patterns/wall.ts';
import { isProtected } from '../masking/protected.ts';
import type { Hash } from '../masking/sentinel.ts';
import { behind, type Wall } from '../masking/wall.ts';
import { wordsOfWrites } from '../masking/written-status.ts';
import { printTarget } from '../policy/canonical.ts';
import { READ_VERBS } from '../policy/closed.ts';
import type { Permit } from '../policy/decide.ts';
import type { Refusal } from '../policy/refusal.ts';
import { ruleKey } from '../policy/rule.ts';
import { readTarget } from '../policy/target.ts';
import { hasOwnColumns, selectionRefused } from './custom-kinds.ts';
import { filterFor } from './filtering.ts';
import type { PatternSource } from './patterns.ts';
import { releasesOf } from './releases.ts';
import type { Sealing } from './sealing.ts';

export interface Walled {
  readonly kind: 'walled';
  /** The target to forward. */
  readonly target: string;
  /** Undefined: the answer passes as it is. */
  readonly wall: Wall | undefined;
  /** Whether the answer may be a Table. */
  readonly tables: boolean;
}

export interface WallKeys {
  /** Keys this pod's sentinels. */
  readonly hash: Hash;
  /** Seals this pod's `continue`. */
  readonly sealing: Sealing;
  /** Ready for the permit. */
  readonly patterns: Pick<PatternSource, 'of'>;
}

/** Refusals: those of filterFor and selectionRefused. */
export function wallFor(permit: Permit, keys: WallKeys): Walled | Refusal {
  const { request, target, filter, exceptNamespace } = permit;
  const masks = isProtected(request) && !permit.unmasked;
  const releases = { ...releasesOf(permit, keys.patterns), room: roomForReleases() };
  const how = { hash: keys.hash, reveal: permit.reveal, releases };
  const ofSecrets = READ_VERBS.has(request.verb) ? secretsMasked(how) : secretsWritten(how, request.verb);
  const mask = masks ? ofSecrets : undefined;
  const showsAll = filter === undefined && exceptNamespace === undefined;
  const filtering =
    showsAll || request.kind === 'nonResource'
      ? { kind: 'filtered' as const, target, wall: undefined }
      : filterFor(request, target, permit, keys.sealing);
  if (filtering.kind === 'refusal') return filtering;
  const patterns = keys.patterns.of(permit);
  const refused = patterns && selectionRefused(request);
  if (refused !== undefined) return refused;
  const tables = patterns === undefined || hasOwnColumns(request);
  const texts = patterns && textWall(permit, patterns, keys.hash);
  const walls = [filtering.wall, mask, texts].filter((wall) => wall !== undefined);
  if (walls.length === 0) return { kind: 'walled', target: filtering.target, wall: undefined, tables };
  const asked = request.verb === 'list' ? inPages(filtering.target) : filtering.target;
  return { kind: 'walled', target: asked, wall: behind(...walls), tables };
}

/** What a policy's patterns hide, of whatever is read. */
function textWall({ request, stream }: Permit, patterns: Patterns, hash: Hash): Wall {
  const behindSecrets = isProtected(request);
  const deletes = request.verb === 'delete' || request.verb === 'deletecollection';
  const wall = textsHidden({ hash, patterns, behindSecrets });
  // Who forbids a delete may quote the object, of which nobody has looked what is hidden.
  if (deletes && !behindSecrets) return behind(wordsOfWrites, wall);
  if (ruleKey(request) !== 'pods/log' && stream === undefined) return wall;
  const cut = request.query.some(([name]) => name === 'limitBytes');
  return { ...wall, text: (hold) => createLogMasker({ patterns, hold, cut }) };
}

function inPages(target: string): string {
  const read = readTarget(target);
  return read.kind === 'malformed' ? target : printTarget(read.segments, pagedQuery(read.query));
}
