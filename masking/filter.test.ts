import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filtered } from './filter.ts';
import { createMasker } from './masker.ts';
import type { Masked } from './shape.ts';

const NAMES = ['web', 'db', 'cart'];
const seal = (token: string) => `sealed(${btoa(token)})`;
const wall = (withoutObjects = false) =>
  filtered({ names: new Set(NAMES), exceptNamespace: undefined, seal, withoutObjects });
const shown = (body: unknown, withoutObjects = false) => {
  const outcome = wall(withoutObjects).body(body);
  if (outcome.kind === 'unreadable') throw new Error(outcome.why);
  return outcome.value;
};

const columnDefinitions = [{ name: 'Name', type: 'string', priority: 0 }];
const unnamed = fc.stringMatching(/^[a-z]{6,9}$/);
const object = fc.record({
  kind: fc.constant('Pod'),
  metadata: fc.record({
    name: fc.oneof(fc.constantFrom(...NAMES), unnamed),
    namespace: fc.constant('shop'),
    annotations: fc.dictionary(unnamed, fc.string(), { maxKeys: 2 }),
  }),
  spec: fc.jsonValue({ maxDepth: 2 }),
});
type Pod = typeof object extends fc.Arbitrary<infer T> ? T : never;

const isNamed = ({ metadata }: Pod) => NAMES.includes(metadata.name);
const row = (it: Pod, withoutObjects: boolean) => ({
  cells: [it.metadata.name, 1],
  object: withoutObjects ? null : it,
});
/** A page in each form, of these objects; what the agent may see of it is the same page of fewer. */
const forms = {
  list: (items: readonly Pod[], metadata: object) => ({ kind: 'PodList', apiVersion: 'v1', metadata, items }),
  table: (items: readonly Pod[], metadata: object, withoutObjects = false) => ({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions,
    rows: items.map((it) => row(it, withoutObjects)),
  }),
};
const page = fc.record({
  items: fc.array(object, { maxLength: 6 }),
  token: fc.oneof(fc.constant(''), unnamed),
});

describe('a page', () => {
  it('shows exactly the named objects, in their order, and all else as it was', () => {
    fc.assert(
      fc.property(
        page,
        fc.constantFrom('list', 'table'),
        fc.boolean(),
        ({ items, token }, form, withoutObjects) => {
          const came = forms[form as keyof typeof forms](items, {
            resourceVersion: '7',
            ...(token !== '' && { continue: token, remainingItemCount: 41 }),
          });
          const metadata = { resourceVersion: '7', ...(token !== '' && { continue: seal(token) }) };
          expect(shown(came, withoutObjects)).toEqual(
            forms[form as keyof typeof forms](items.filter(isNamed), metadata, withoutObjects),
          );
        },
      ),
    );
  });

  it('tells of no object that it does not show', () => {
    fc.assert(
      fc.property(page, ({ items, token }) => {
        const text = JSON.stringify(
          Object.values(forms).map((form) => shown(form(items, { continue: token, remainingItemCount: 1 }))),
        );
        const unseen = new Set(items.filter((it) => !isNamed(it)).map(({ metadata }) => metadata.name));
        for (const name of [...unseen, ...(token === '' ? [] : [token])]) {
          if (!items.some((it) => isNamed(it) && JSON.stringify(it).includes(name)))
            expect(text).not.toContain(name);
        }
      }),
    );
  });

  it('keeps every number as it came, also what JavaScript has no room for', () => {
    const text =
      '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"web"},"spec":[9223372036854775807,-9007199254740993,1.5]}]}';
    const masker = createMasker({ watch: false, hold: () => true, ...wall() });
    masker.write(new TextEncoder().encode(text));
    const out = masker.end();
    const chunks = out.kind === 'masked' ? out.chunks : [];
    expect(chunks.map((it) => new TextDecoder().decode(it)).join('')).toBe(text);
  });

  it('may be empty, or have none at all', () => {
    expect(shown(forms.list([], {}))).toEqual(forms.list([], {}));
    expect(shown({ ...forms.list([], {}), items: null })).toMatchObject({ items: null });
    expect(shown({ ...forms.table([], {}), rows: null })).toMatchObject({ rows: null });
  });
});

describe('where objects of one namespace alone are left out', () => {
  const how = { names: undefined, exceptNamespace: 'hidden', seal, withoutObjects: false };
  const of = (name: string, namespace?: string) =>
    ({ kind: 'Pod', metadata: { name, ...(namespace && { namespace }) } }) as Pod;
  const all = [of('web'), of('vault', 'hidden'), of('db', 'shop')];
  const seen = [of('web'), of('db', 'shop')];

  it.each(Object.entries(forms))('all others are shown, in a %s', (_, form) => {
    expect(filtered(how).body(form(all, { remainingItemCount: 2 }))).toMatchObject({
      value: form(seen, {}),
    });
  });

  it('and all others’ events', () => {
    for (const type of ['ADDED', 'MODIFIED', 'DELETED'])
      for (const object of all)
        expect(filtered(how).event({ type, object })).toMatchObject({
          kind: 'masked',
          value: object === all[1] ? undefined : { type, object },
        });
  });

  it('and of others only the named', () => {
    const named = { ...how, names: new Set(['vault', 'db']) };
    expect(filtered(named).body(forms.list(all, {}))).toMatchObject({
      value: forms.list([of('db', 'shop')], {}),
    });
  });
});

describe('is unreadable, and nothing of it is shown:', () => {
  const secretly = { metadata: { name: 'vault' } };
  it.each([
    ['what is no object', 'web'],
    ['a single object', { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'vault' }, spec: {} }],
    ['one that is called a list', { kind: 'PodList', apiVersion: 'v1', metadata: { name: 'vault' } }],
    ['a list with more in it than items', { ...forms.list([], {}), extra: [secretly] }],
    ['a list whose items have no names', { ...forms.list([], {}), items: [{ metadata: {} }] }],
    ['a list whose items are none', { ...forms.list([], {}), items: { web: {} } }],
    [
      'a Table whose rows have no objects',
      { ...forms.table([], {}), rows: [{ cells: ['vault'], object: null }] },
    ],
    [
      'a row with more in it',
      { ...forms.table([], {}), rows: [{ cells: [], object: { metadata: { name: 'web' } }, of: 1 }] },
    ],
    ['a continue that is no text', forms.list([], { continue: { start: 'vault' } })],
  ])('%s', (_, body) => {
    const outcome = wall().body(body);
    expect(outcome.kind).toBe('unreadable');
    expect(JSON.stringify(outcome)).not.toContain('vault');
  });
});

describe('an error', () => {
  const status = (rest: object) => ({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    metadata: {},
    ...rest,
  });

  it('about the request passes, with its continue sealed', () => {
    const expired = status({
      code: 410,
      reason: 'Expired',
      message: 'too old',
      metadata: { continue: 'vault' },
    });
    expect(shown(expired)).toEqual({ ...expired, metadata: { continue: seal('vault') } });
  });

  it.each([500, 503, 504, undefined])('of the API server (%s) says nothing of an object', (code) => {
    const failed = status({
      code,
      reason: 'InternalError',
      message: 'unable to transform key "/registry/secrets/shop/vault"',
      details: {
        name: 'vault',
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'vault' }],
        retryAfterSeconds: 3,
      },
    });
    expect(JSON.stringify(shown(failed))).not.toContain('vault');
    expect(shown(failed)).toMatchObject({
      reason: 'InternalError',
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 3 },
    });
  });
});

describe('a watch', () => {
  const change = <T>(type: string, it: T) => ({ type, object: it });
  const nothing = { kind: 'Pod', metadata: { resourceVersion: '9', creationTimestamp: null } };
  const end = { kind: 'Pod', metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } } };
  const error = change('ERROR', { kind: 'Status', code: 410, reason: 'Expired', metadata: {} });
  const types = fc.constantFrom('ADDED', 'MODIFIED', 'DELETED');
  const event = fc.oneof(
    fc.tuple(types, object),
    fc.constantFrom<[string, object]>(['BOOKMARK', nothing], ['BOOKMARK', end]),
  );
  const isSeen = ([type, it]: readonly [string, object]) => type === 'BOOKMARK' || isNamed(it as Pod);
  const asTables = (events: readonly (readonly [string, object])[], withoutObjects = false) =>
    events.map(([type, it], at) =>
      change(type, {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { resourceVersion: '7' },
        columnDefinitions: at === 0 ? columnDefinitions : null,
        rows: [{ cells: ['x'], object: withoutObjects && it !== end ? null : it }],
      }),
    );

  /** What comes out for these events, cut into pieces of a size. */
  function watched(events: readonly unknown[], size: number, withoutObjects = false): unknown[] {
    const masker = createMasker({ watch: true, hold: () => true, ...wall(withoutObjects) });
    const bytes = new TextEncoder().encode(events.map((it) => `${JSON.stringify(it)}\n`).join(''));
    let text = '';
    for (let at = 0; at < bytes.length; at += size) {
      const step = masker.write(bytes.subarray(at, at + size));
      if (step.kind !== 'masked') throw new Error(JSON.stringify(step));
      for (const chunk of step.chunks) text += new TextDecoder().decode(chunk);
    }
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  it('shows exactly the events of the named objects, bookmarks and errors, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), fc.integer({ min: 1, max: 90 }), (events, size) => {
        const all = [...events.map(([type, it]) => change(type, it)), error];
        const seen = [...events.filter(isSeen).map(([type, it]) => change(type, it)), error];
        expect(watched(all, size)).toEqual(seen);
      }),
    );
  });

  it('of Tables has columns in the first event that is shown, and in no other', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 6 }),
        fc.integer({ min: 1, max: 90 }),
        fc.boolean(),
        (events, size, withoutObjects) => {
          expect(watched(asTables(events), size, withoutObjects)).toEqual(
            asTables(events.filter(isSeen), withoutObjects),
          );
        },
      ),
    );
  });

  it('keeps nothing from one watch to the next', () => {
    const [first] = asTables([['ADDED', { kind: 'Pod', metadata: { name: 'vault' } }]]);
    const later = asTables([['BOOKMARK', nothing]]).map((it) => ({
      ...it,
      object: { ...it.object, columnDefinitions: null },
    }));
    expect(watched([first], 50)).toEqual([]);
    expect(watched(later, 50)).toEqual(later);
  });

  it.each([
    ['an event of an unknown type', change('RENAMED', { metadata: { name: 'web' } })],
    ['a change without a name', change('ADDED', { metadata: {} })],
    ['a bookmark that is of an object', change('BOOKMARK', { metadata: { name: 'web' } })],
    ['an error that is no Status', change('ERROR', { kind: 'Pod', metadata: { name: 'vault' } })],
    [
      'an event with more in it',
      { ...change('ADDED', { metadata: { name: 'web' } }), old: { metadata: {} } },
    ],
  ])('ends at %s', (_, bad) => {
    expect(wall().event(bad)).toMatchObject({ kind: 'unreadable' });
  });
});

it('hides no value itself', () => {
  expect((wall().body(forms.list([], {})) as Masked).count).toBe(0);
});
