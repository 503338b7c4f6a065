// Attacks by a write that is overtaken: the API server compares what it holds with what stands there by then, before it sees that
// the version is another. What it was judged against is then no help.
import { type Attack, as, bare, PASSWORD, patch, put, type Spy } from './guess.ts';

/** Another changes the object: a label, so that its version moves, and a value. */
const changed = (spy: Spy, data: object) =>
  patch(spy, 'merge', { metadata: { labels: { of: 'another' } }, data }, as('another'));

const overtaken = (what: string, ask: (spy: Spy) => ReturnType<typeof put>, end: string): Attack => ({
  what: `in flight: ${what}`,
  // The guess is written over the value, and what is in flight is the value.
  does: (spy) => spy.overtaken(ask(spy), () => changed(spy, { password: spy.guess })),
  ends: [end],
});
const meeting = (what: string, ask: (spy: Spy) => ReturnType<typeof put>, end: string): Attack => ({
  what: `in flight: ${what}`,
  // What is in flight is the guess, for a key that is not there; its owner makes it.
  does: (spy) => spy.overtaken(ask(spy), (value) => changed(spy, { made: value })),
  ends: [end],
});

const STALE = '403 SentinelStale';
const OVERWRITTEN = '403 HiddenOverwritten';
const CHANGED = '409 ObjectChanged';
const named = ({ shown, name }: Spy) => ({
  metadata: { name, resourceVersion: shown.metadata.resourceVersion },
});
const atVersion = ({ shown }: Spy) => ({
  op: 'replace',
  path: '/metadata/resourceVersion',
  value: shown.metadata.resourceVersion,
});
const applying =
  (fields: (spy: Spy) => object, more = '') =>
  (spy: Spy) =>
    patch(spy, 'apply', bare(spy, fields(spy)), as('spy', more));
const kept = ({ shown }: Spy) => ({ data: shown.data });
const testing =
  (at: string, value: (spy: Spy) => unknown, more: (spy: Spy) => object[] = () => []) =>
  (spy: Spy) =>
    patch(spy, 'operations', [{ op: 'test', path: at, value: value(spy) }, ...more(spy)]);
const sentinel = ({ shown }: Spy) => shown.data.password;
const made = ({ guess }: Spy) => ({ data: { made: guess } });

export const IN_FLIGHT: readonly Attack[] = [
  overtaken('a JSON Patch that tests the sentinel', testing(PASSWORD, sentinel), STALE),
  overtaken(
    'the same at a version that it names',
    testing(PASSWORD, sentinel, (spy) => [atVersion(spy)]),
    STALE,
  ),
  meeting(
    'a JSON Patch that tests a key',
    testing('/data/made', ({ guess }) => guess),
    OVERWRITTEN,
  ),
  ...['', '&dryRun=All'].flatMap((more) => [
    overtaken(`an apply of the sentinel${more}`, applying(kept, more), STALE),
    overtaken(
      `an apply of the sentinel at a version that it names${more}`,
      applying((spy) => ({ ...kept(spy), ...named(spy) }), more),
      CHANGED,
    ),
    meeting(`an apply of a key${more}`, applying(made, more), OVERWRITTEN),
    meeting(
      `an apply of a key at a version that it names${more}`,
      applying((spy) => ({ ...made(spy), ...named(spy) }), more),
      CHANGED,
    ),
  ]),
  overtaken('an update of what was shown', (spy) => put(spy, spy.shown), CHANGED),
];
