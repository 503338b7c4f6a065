// Attacks of several calls: what can be learnt from how things are afterwards, from another pod, and from the API server's words.
import type { Json } from './answers.ts';
import { type Attack, applied, as, bare, copyOf, LAST_APPLIED, patch, put, read, type Spy } from './guess.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Overwrites the value, with something else and then with the guess. */
async function overwrite(spy: Spy): Promise<void> {
  for (const value of [base64('own-nothing'), spy.guess]) {
    await spy.send(patch(spy, 'merge', { data: { password: value } }));
  }
}
const backTo = (spy: Spy, shown: Json) => patch(spy, 'merge', { data: { password: shown.data.password } });
const labelled = ({ shown }: Spy, value: string): Json => ({
  ...shown,
  metadata: { ...shown.metadata, labels: { of: value } },
});

export const SEQUENCES: readonly Attack[] = [
  {
    what: 'the sentinel of a Secret of its own that holds the guess',
    async does(spy) {
      const own = { ...spy, path: `${spy.path}-own` };
      const body = { metadata: { name: `${spy.name}-own` }, data: { password: spy.guess } };
      const create = put({ ...spy, path: spy.path.replace(/\/[^/]+$/, '') }, body);
      await spy.send({ ...create, method: 'POST' });
      for (const each of [own, spy]) await spy.send(read(each));
    },
    ends: ['201', '200', '200'],
  },
  {
    what: 'a Table, and metadata alone',
    async does(spy) {
      for (const accept of [TABLE, METADATA]) await spy.send(read(spy, accept));
    },
    ends: ['200', '200'],
  },
  {
    what: 'who owns the value once its sentinel was written by another manager',
    async does(spy) {
      await spy.send(put(spy, spy.shown, as('spy')));
      await spy.send(read(spy));
    },
    ends: ['200', '200'],
  },
  {
    what: 'conflicts of managers that apply the sentinel one after the other',
    async does(spy) {
      const body = bare(spy, { data: spy.shown.data });
      for (const query of [as('spy', '&force=true'), as('other'), as('third')]) {
        await spy.send(patch(spy, 'apply', body, query));
      }
      await spy.send(read(spy));
    },
    ends: ['200', '200', '200', '200'],
  },
  {
    what: 'whether a copy in an annotation equals the data, written over by the sentinel of the data',
    made: (_, guess) => applied(guess),
    async does(spy) {
      const text = copyOf(spy.shown.data.password);
      await spy.send(patch(spy, 'merge', { metadata: { annotations: { [LAST_APPLIED]: text } } }));
      await spy.send(read(spy));
    },
    ends: ['200', '200'],
  },
  {
    what: 'the same the other way round',
    made: (_, guess) => applied(guess),
    async does(spy) {
      const copy = JSON.parse(spy.shown.metadata.annotations[LAST_APPLIED]);
      await spy.send(patch(spy, 'merge', { data: copy.data }));
      await spy.send(read(spy));
    },
    ends: ['403 SentinelMisplaced', '200'],
  },
  {
    what: 'the guess in the copy, written over by itself, in a dry run',
    made: (_, guess) => applied(guess),
    does: (spy) => spy.send(patch(spy, 'merge', applied(spy.guess), '?dryRun=All')),
    ends: ['403 HiddenOverwritten'],
  },
  {
    what: 'old sentinels, this pod’s and another’s, after the value was overwritten with the guess',
    async does(spy) {
      await overwrite(spy);
      await spy.send(backTo(spy, spy.shown));
      await spy.send(backTo(spy, spy.shownToOther), 'other');
      await spy.send(put(spy, spy.shown));
      await spy.send(
        patch(spy, 'operations', [{ op: 'test', path: '/data/password', value: spy.shown.data.password }]),
      );
    },
    ends: ['200', '200', '403 SentinelStale', '403 SentinelStale', '409 ObjectChanged', '403 SentinelStale'],
  },
  {
    what: 'the sentinel that another pod was shown',
    does: (spy) => spy.send(backTo(spy, spy.shownToOther)),
    ends: ['403 SentinelMisplaced'],
  },
  {
    what: 'what the API server says of a label, a key and a type that it does not take',
    async does(spy) {
      await spy.send(put(spy, labelled(spy, 'no label!')));
      await spy.send(put(spy, { ...spy.shown, data: { ...spy.shown.data, 'no key!': '' } }));
      await spy.send(put(spy, { ...spy.shown, type: 'example.com/other' }));
      await spy.send(patch(spy, 'merge', { data: { other: 'no base64!' } }));
      await spy.send(patch(spy, 'strategic', { nothing: spy.guess }, '?fieldValidation=Strict'));
    },
    ends: Array(5).fill('422 FieldValueInvalid'),
  },
  {
    what: 'a selector of the value',
    async does(spy) {
      const list = spy.path.replace(/\/[^/]+$/, '');
      const selector = encodeURIComponent(`data.password=${spy.guess}`);
      // A refusal quotes the target: it is the agent's own.
      const reveals = [Buffer.from(spy.guess, 'base64').toString()];
      await spy.send({ path: `${list}?fieldSelector=${selector}`, reveals });
    },
    ends: ['400 MalformedTarget'],
  },
  {
    what: 'the guess and then the sentinel, by operations of one patch',
    does: (spy) =>
      spy.send(
        patch(spy, 'operations', [
          { op: 'replace', path: '/data/password', value: spy.guess },
          { op: 'test', path: '/data/password', value: spy.shown.data.password },
        ]),
      ),
    ends: ['403 HiddenOverwritten'],
  },
  {
    what: 'the version after every sentinel was written back, with a new value beside',
    async does(spy) {
      await spy.send(put(spy, spy.shown));
      await spy.send(patch(spy, 'merge', { data: { password: spy.shown.data.password, own: spy.guess } }));
      await spy.send(put(spy, labelled(spy, 'other')));
      await spy.send(read(spy));
    },
    ends: ['200', '200', '409 ObjectChanged', '200'],
  },
];
