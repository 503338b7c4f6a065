// Attacks of one call: the guess written where it has no effect, or where the effect depends on what it is written over.
import {
  type Attack,
  applied,
  as,
  bare,
  DRY,
  dataOf,
  document,
  guessed,
  OVERWRITTEN,
  one,
  PASSWORD,
  patch,
  put,
  type Spy,
  textOf,
} from './guess.ts';

const immutable = () => ({ immutable: true });

const setTo = (value: string) => [{ op: 'add', path: PASSWORD, value }];
const replacing = ({ guess }: Spy) => ({ data: { $patch: 'replace', password: guess } });
export const WRITES: readonly Attack[] = [
  one('a dry run of an update', (spy) => put(spy, guessed(spy), DRY), OVERWRITTEN),
  one(
    'a dry run of an update by stringData',
    (spy) => put(spy, { ...spy.shown, ...textOf(spy) }, DRY),
    OVERWRITTEN,
  ),
  one('a dry run of a merge patch', (spy) => patch(spy, 'merge', dataOf(spy), DRY), OVERWRITTEN),
  one(
    'a dry run of a merge patch by stringData',
    (spy) => patch(spy, 'merge', textOf(spy), DRY),
    OVERWRITTEN,
  ),
  one('a dry run of a strategic patch', (spy) => patch(spy, 'strategic', dataOf(spy), DRY), OVERWRITTEN),
  one(
    'a dry run of a JSON Patch',
    (spy) => patch(spy, 'operations', [{ op: 'replace', path: PASSWORD, value: spy.guess }], DRY),
    OVERWRITTEN,
  ),
  one(
    'an apply that would conflict',
    (spy) => patch(spy, 'apply', bare(spy, dataOf(spy)), as('spy')),
    OVERWRITTEN,
  ),
  // The API server folds the ſ of falſe into an s, and of the others takes all but false and 0 for true.
  ...['fal%C5%BFe', 'FALSE', '0', 'TRUE', 'yes', ''].map((force) =>
    one(
      `the same with force=${force}`,
      (spy) => patch(spy, 'apply', bare(spy, dataOf(spy)), as('spy', `&force=${force}`)),
      OVERWRITTEN,
    ),
  ),
  one('the same by stringData', (spy) => patch(spy, 'apply', bare(spy, textOf(spy)), as('spy')), OVERWRITTEN),
  one(
    'a dry run of it',
    (spy) => patch(spy, 'apply', bare(spy, dataOf(spy)), as('spy', '&dryRun=All')),
    OVERWRITTEN,
  ),
  one(
    'a dry run of a forced apply',
    (spy) => patch(spy, 'apply', bare(spy, dataOf(spy)), as('spy', '&force=true&dryRun=All')),
    OVERWRITTEN,
  ),
  one('an update of an immutable Secret', (spy) => put(spy, guessed(spy)), OVERWRITTEN, immutable),
  one('a merge patch of one', (spy) => patch(spy, 'merge', dataOf(spy)), OVERWRITTEN, immutable),
  one(
    'a merge patch of one by stringData',
    (spy) => patch(spy, 'merge', textOf(spy)),
    OVERWRITTEN,
    immutable,
  ),
  one(
    'a forced apply to one',
    (spy) => patch(spy, 'apply', bare(spy, dataOf(spy)), as('spy', '&force=true')),
    OVERWRITTEN,
    immutable,
  ),
  one(
    'an apply of a guessed copy',
    (spy) =>
      patch(
        spy,
        'apply',
        bare(spy, { metadata: { name: spy.name, ...applied(spy.guess).metadata } }),
        as('spy'),
      ),
    OVERWRITTEN,
    applied,
  ),
  one(
    'a dry run of a guessed copy',
    (spy) => patch(spy, 'merge', applied(spy.guess), DRY),
    OVERWRITTEN,
    applied,
  ),
  one('a dry run of a whole new data', (spy) => patch(spy, 'strategic', replacing(spy), DRY), OVERWRITTEN),
  one('an operation on one', (spy) => patch(spy, 'operations', setTo(spy.guess)), OVERWRITTEN, immutable),
  one(
    'a dry run of removing it and adding the guess',
    (spy) => patch(spy, 'operations', [{ op: 'remove', path: PASSWORD }, ...setTo(spy.guess)], DRY),
    OVERWRITTEN,
  ),
  one(
    'a dry run of a guessed document',
    (spy) => patch(spy, 'merge', document(spy.guess), DRY),
    OVERWRITTEN,
    document,
  ),
  one(
    'an apply of one',
    (spy) =>
      patch(
        spy,
        'apply',
        bare(spy, { metadata: { name: spy.name, ...document(spy.guess).metadata } }),
        as('spy'),
      ),
    OVERWRITTEN,
    document,
  ),
  one(
    'a create in its place',
    (spy) => ({
      ...put({ ...spy, path: spy.path.replace(/\/[^/]+$/, '') }, bare(spy, dataOf(spy)), DRY),
      method: 'POST',
    }),
    '409 undefined',
  ),
];
