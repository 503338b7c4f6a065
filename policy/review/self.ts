// Whether a review that names its subject asks about the agent itself. Whatever names more of a subject than chaperone knows
// of this one (a UID, extra, another group) asks about somebody else.
import type { Entitlements } from '../entitlements.ts';
import type { Subject } from './read.ts';

/** The username and groups of a ServiceAccount (apiserver pkg/authentication/serviceaccount/util.go). */
export function asksAboutItself(
  { user, groups = [], uid, extra }: Subject,
  { ground: { namespace }, serviceAccount }: Pick<Entitlements, 'ground' | 'serviceAccount'>,
): boolean {
  const own = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const itself = user === `system:serviceaccount:${namespace}:${serviceAccount}`;
  return itself && groups.every((each) => own.includes(each)) && !uid && extra === undefined;
}
