import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStrictJson } from '../policy/written/json.ts';
import { secretsMasked } from './body.ts';
import { bodyMasker } from './body-masker.ts';
import { filtered } from './filter.ts';
import { createListCutter } from './list-cutter.ts';
import { printed } from './printed.ts';
import { asIs, isObject, masked, type Show } from './shape.ts';
import { everyBody, testHash, testSecret } from './test-bodies.ts';
import { MAX_BODY_BYTES, MAX_VALUES } from './unread.ts';
import { behind, isKindOfList, isListIn, type Wall } from './wall.ts';

const utf8 = new TextEncoder();
const SECRETS = secretsMasked({ hash: testHash('pod'), reveal: false });
const FILTER = filtered({
  names: new Set(['a', 'web']),
  exceptNamespace: undefined,
  seal: (token) => `sealed ${token}`,
  withoutObjects: false,
});
/** Shows the elements of a list each by itself, and any other body in another way. */
const elements: Show = (body) => {
  const field = isObject(body) && body.kind === 'Table' ? 'rows' : 'items';
  const list = isObject(body) && isListIn(body, field) ? body[field] : undefined;
  if (!isObject(body) || !Array.isArray(list)) return masked({ whole: body }, 1);
  return masked({ ...body, [field]: list.map((element) => ({ element })) }, list.length);
};

const shownBy = (body: Show): Wall => ({ body, event: body });

interface Outcome {
  /** Undefined: unreadable. */
  readonly text: string | undefined;
  readonly count: number;
}

/** The body shown whole: what its runs and its envelope together are to be equal to. */
function whole(bytes: Uint8Array, { body }: Wall): Outcome {
  const outcome = printed(bytes, body);
  if (outcome.kind === 'unreadable') return { text: undefined, count: 0 };
  return { text: textOf(outcome.chunks), count: outcome.count };
}

function inRuns(pieces: readonly Uint8Array[], wall: Wall, minRunBytes = 1): Outcome & { why?: string } {
  const masker = bodyMasker(wall, () => true, minRunBytes);
  for (const piece of pieces) masker.write(piece);
  const outcome = masker.end();
  if (outcome.kind === 'masked') return { text: textOf(outcome.chunks), count: outcome.count };
  return { text: undefined, count: 0, why: outcome.kind === 'unreadable' ? outcome.why : outcome.kind };
}

const textOf = (chunks: readonly Uint8Array[]) =>
  chunks.map((it) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(it)).join('');

function cutAt(bytes: Uint8Array, ...at: readonly number[]): Uint8Array[] {
  const ends = [...at.map((it) => it % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** Text of JSON, of which some is nasty and some is none. */
const space = fc.constantFrom('', '', '', ' ', '\n\t');
const spaced = (text: fc.Arbitrary<string>) => fc.tuple(space, text, space).map((parts) => parts.join(''));
const scalar = fc.constantFrom(
  ...['null', 'true', '1.0', '9223372036854775807', '-0', '""', '"a"', '"a,\\"items\\":["', '"\\\\"'],
  ...['"\\u0061]}"', '"é𝄞"', '"web"', '"SecretList"', '"Table"', '"u-1"', '"7"', '01', '"\\x"', '"\n"', ''],
);
const key = fc.constantFrom(
  ...['items', 'rows', 'kind', 'metadata', 'data', 'stringData', 'name', 'uid', 'resourceVersion', 'release'],
  ...['\\u0069tems', 'kin\\u0064', '__proto__', 'x\\"items', 'apiVersion'],
);
const joined = (parts: readonly string[], [open, close]: string, comma = ',') =>
  `${open}${parts.join(comma)}${close}`;
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: spaced(
    fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }).map((it) => joined(it, '[]')),
      fc.array(member(tie('value')), { maxLength: 4 }).map((it) => joined(it, '{}')),
    ),
  ),
}));
function member(of: fc.Arbitrary<string>) {
  return fc.tuple(spaced(key), of).map(([name, it]) => `${name.replace(/\S+/, '"$&"')}:${it}`);
}

const SECRET =
  '{"metadata":{"name":"web","uid":"u-1","resourceVersion":"7"},"type":"Opaque","data":{"a":"SFVOVEVS"}}';
const ROW = `{"cells":["web","Opaque",1,"5d"],"object":{"kind":"Secret","apiVersion":"v1",${SECRET.slice(1)}}`;
/** Values that nobody need read, and places that only look as if they were some. */
const hidden = fc.oneof(
  scalar,
  fc.constantFrom(
    '"SFVO"',
    '"a\\"b\\\\"',
    '"\\"',
    '"},{\\"data\\":{"',
    '{"data":{"a":"b"}}',
    '["x"]',
    '"x" "y"',
    '"x',
  ),
);
const dataKey = fc.constantFrom(
  ...[
    '"a"',
    '"release"',
    '"rel\\u0065ase"',
    '"x\\"release"',
    '"a" ',
    '"\\u0061"',
    '""',
    'a"',
    `"${'k'.repeat(40)}"`,
  ],
);
const withData = fc
  .tuple(
    fc.constantFrom(SECRET, ROW),
    fc.constantFrom(
      '"data":',
      '"data" :',
      '"d\\u0061ta":',
      '"stringData":',
      '"data":{"data":',
      '"x\\"data":',
    ),
    fc.array(fc.tuple(dataKey, space, hidden), { maxLength: 4 }),
    fc.constantFrom('{}', '{}', '{}', '[]'),
  )
  .map(([it, data, members, brackets]) => {
    const [head] = it.split('"data"');
    const inner = joined(
      members.map(([key, gap, value]) => `${key}:${gap}${value}`),
      brackets,
    );
    return `${head}${data}${inner}${'}'.repeat(it === ROW ? 2 : 1)}`;
  });
const element = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(SECRET, ROW) },
  { weight: 3, arbitrary: withData },
  value,
);
const field = fc.oneof(
  fc.constantFrom(
    '"kind":"SecretList"',
    '"kind":"List"',
    '"kind":"Table"',
    '"kind":"PodList"',
    '"kind":"Status"',
  ),
  fc.constantFrom(
    '"apiVersion":"v1"',
    '"metadata":{"continue":"c"}',
    '"metadata":{"uid":"u-1"}',
    '"apiVersion":"meta.k8s.io/v1"',
  ),
  fc
    .tuple(
      fc.constantFrom('"items" :', '"items":', '"rows":', '"\\u0069tems":'),
      fc.array(element, { maxLength: 5 }),
    )
    .map(([name, it]) => name + joined(it, '[]')),
  member(value),
);
/** Lists of which often all can be read. */
const listBody = fc
  .tuple(
    fc.constantFrom('List', 'List', 'SecretList', 'Table', 'Status', 'Secret'),
    fc.array(element, { maxLength: 3 }),
  )
  .map(([kind, elements]) => {
    const version = kind === 'Table' ? 'meta.k8s.io/v1' : 'v1';
    const list = `"${kind === 'Table' ? 'rows' : 'items'}":${joined(elements, '[]')}`;
    return `{"kind":"${kind}","apiVersion":"${version}","metadata":{},${list}}`;
  });
const body = fc.oneof(
  { weight: 2, arbitrary: listBody },
  fc.tuple(fc.array(field, { maxLength: 5 }), space).map(([it, end]) => joined(it, '{}') + end),
  value,
);
/** As it is, or with some bytes of it lost or changed. */
const bytes = fc
  .tuple(
    body,
    fc.option(
      fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2), fc.constantFrom(0x22, 0x2c, 0x5b, 0x5d, 0x7d, 0x5c, 0xff)),
    ),
  )
  .map(([text, change]) => {
    const all = utf8.encode(text);
    if (change === null || all.length === 0) return all;
    const [at, lost, byte] = change;
    const place = at % all.length;
    return Uint8Array.of(...all.subarray(0, place), byte, ...all.subarray(place + lost));
  });

/** With each text empty that is no JSON: what is made of the body where nothing but skipped values is wrong. */
function mended(bytes: Uint8Array): Uint8Array {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const isText = (it: string) =>
    readStrictJson(Uint8Array.from(it, (at) => at.charCodeAt(0))).kind === 'json';
  const whole = text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (it) => (isText(it) ? it : '""'));
  return Uint8Array.from(whole, (it) => it.charCodeAt(0));
}

describe.each<[string, Wall]>([
  ['masked', SECRETS],
  ['filtered', FILTER],
  ['filtered and masked', behind(FILTER, SECRETS)],
  ['revealed', secretsMasked({ hash: testHash('pod'), reveal: true })],
  ['shown element by element', shownBy(elements)],
  ['shown as it is', shownBy(asIs)],
])('a list that is %s', (_, wall) => {
  it('is equal in runs and whole, whatever comes and however it is cut; where they part, it has a field twice', () => {
    fc.assert(
      fc.property(
        bytes,
        fc.array(fc.nat(), { maxLength: 3 }),
        fc.constantFrom(1, 40, 100_000),
        (all, cuts, size) => {
          const { text, count } = inRuns(cutAt(all, ...cuts), wall, size);
          const skips = wall.values === 'hidden';
          const expected = whole(skips && text !== undefined ? mended(all) : all, wall);
          if (all.length === 0) expect(text).toBe('');
          else if (text === undefined && expected.text !== undefined)
            expect(readStrictJson(all).kind).toBe('malformed');
          else expect({ text, count }).toEqual(expected);
          const { why: _, ...uncut } = inRuns([all], wall, size);
          expect({ text, count }).toEqual(uncut);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('of values that are skipped', () => {
  /** Each hidden text tells itself from all others. */
  const numbered = (text: string) => {
    let n = 0;
    return text.replaceAll('SFVO', () => `LEAK${n++}.`);
  };
  const hostile = fc
    .tuple(
      fc.constantFrom('List', 'SecretList', 'Table'),
      fc.array(element, { maxLength: 4 }),
      fc.nat(),
      fc.nat(9),
    )
    .map(([kind, elements, at, lost]) => {
      const head = `{"kind":"${kind}","apiVersion":"${kind === 'Table' ? 'meta.k8s.io/' : ''}v1","metadata":{},"${kind === 'Table' ? 'rows' : 'items'}":[`;
      const list = numbered(`${elements.join(',')}]}`);
      const place = at % list.length;
      return head + list.slice(0, place) + (lost < 6 ? list.slice(place) : list.slice(place + lost - 5));
    });
  /** With every value below a field of that name empty. */
  const blanked = (body: unknown) =>
    utf8.encode(
      JSON.stringify(body, (field, it) =>
        field === 'data' && isObject(it) ? Object.fromEntries(Object.keys(it).map((key) => [key, ''])) : it,
      ),
    );
  /** Would show every value that it is given. */
  const LENIENT: Wall = { ...shownBy(asIs), values: 'hidden' };
  const marks = (text = ''): readonly string[] => text.match(/LEAK\d+\./g) ?? [];

  it('nothing is shown, however hostile the body', () => {
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(), { maxLength: 3 }), (text, cuts) => {
        const pieces = cutAt(utf8.encode(text), ...cuts);
        const kept: Uint8Array[] = [];
        const begins = () => ({ skipsValues: true });
        const cutter = createListCutter({ begins, take: ({ bytes }) => kept.push(bytes) }, 1);
        for (const piece of pieces) cutter.cut(piece);
        for (const wall of [SECRETS, behind(FILTER, SECRETS)])
          expect(marks(inRuns(pieces, wall).text)).toEqual([]);
        const read = marks(textOf(kept));
        for (const mark of marks(inRuns(pieces, LENIENT).text)) expect(read).toContain(mark);
      }),
      { numRuns: 1000 },
    );
  });

  it('nothing that is shown depends on them: what a wall says of values holds', () => {
    fc.assert(
      fc.property(fc.array(testSecret, { maxLength: 3 }), (secrets) => {
        for (const body of everyBody(secrets).filter((it) => isObject(it) && isKindOfList(it.kind)))
          for (const wall of [SECRETS, behind(FILTER, SECRETS)])
            expect(whole(utf8.encode(JSON.stringify(body)), wall)).toEqual(whole(blanked(body), wall));
      }),
    );
  });
});

describe('of a list that comes', () => {
  const list = (elements: readonly string[], more = '') =>
    utf8.encode(
      `{"kind":"SecretList","apiVersion":"v1"${more},"metadata":{},"items":${joined(elements, '[]')}}`,
    );

  it('with a field twice nothing is shown: which of the two counts, others may read otherwise', () => {
    for (const more of [',"items":[]', ',"kind":"SecretList"', ',"\\u0069tems":[]']) {
      expect(inRuns([list([SECRET], more)], SECRETS).why).toBe('has a field twice');
    }
  });

  it('with a comma too many between two runs nothing is shown', () => {
    for (const elements of [
      ['', SECRET],
      [SECRET, ''],
      [SECRET, ' ', SECRET],
      ['', ''],
    ])
      expect(inRuns([list(elements)], SECRETS)).toEqual({ text: undefined, count: 0, why: 'is not JSON' });
    expect(inRuns([list([' '])], SECRETS).text).toContain('"items":[]');
  });

  it('nothing is shown where its last element cannot be, and nothing is held any more', () => {
    let held = 0;
    const hold = (bytes: number) => {
      held = bytes;
      return true;
    };
    const masker = bodyMasker(SECRETS, hold, 1);
    const bytes = list([...Array(50).fill(SECRET), '{"kind":"Pod"}']);
    expect(masker.write(bytes)).toMatchObject({ kind: 'unreadable' });
    expect(masker.end()).toMatchObject({ kind: 'unreadable' });
    const good = bodyMasker(SECRETS, hold, 1);
    expect(good.write(list([SECRET]))).toMatchObject({ kind: 'masked', chunks: [] });
    expect(held).toBeGreaterThan(0);
    expect(good.end()).toMatchObject({ kind: 'masked', count: 1 });
    expect(held).toBe(0);
  });

  it('what is shown is held to the bound, and to the room', () => {
    const [element, size] = [SECRET.replace('"a"', `"${'a'.repeat(500_000)}"`), MAX_BODY_BYTES / 500_000];
    const many = Array<string>(Math.ceil(size) + 1).fill(element);
    expect(inRuns([list(many)], SECRETS).why).toBe(
      `what is shown of the list is larger than ${MAX_BODY_BYTES} bytes`,
    );
    const small = bodyMasker(SECRETS, (bytes) => bytes < 1_500_000);
    expect(small.write(list(many.slice(0, 3)))).toEqual({ kind: 'noRoom' });
    expect(small.end()).toEqual({ kind: 'noRoom' });
  });

  it('an element of more values than are read at once makes it unreadable, as any body', () => {
    const why = `has more than ${MAX_VALUES} values`;
    const bomb = joined(Array(MAX_VALUES).fill('[]'), '[]');
    expect(inRuns([list([SECRET, bomb])], shownBy(asIs)).why).toBe(`an object of the body ${why}`);
    expect(inRuns([utf8.encode(`{"kind":"Secret","data":${bomb}}`)], shownBy(asIs)).why).toBe(
      `the body ${why}`,
    );
    expect(inRuns([list(Array(MAX_VALUES).fill('[]'))], shownBy(asIs)).text).toContain('[],[]');
  });
});
