import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretsMasked } from './body.ts';
import type { Hold } from './growing-bytes.ts';
import { createMasker, type Masker } from './masker.ts';
import {
  applied,
  everyBody,
  survivors,
  type TestSecret,
  testHash,
  testSecret,
  toSecret,
} from './test-bodies.ts';
import { MAX_BODY_BYTES, MAX_EVENT_BYTES } from './unread.ts';

const hash = testHash('pod');
const utf8 = new TextEncoder();

/** What comes out of a masker for these pieces, or why nothing more does. */
function run(masker: Masker, pieces: readonly Uint8Array[]): { text: string; count: number; why?: string } {
  const decoder = new TextDecoder();
  let text = '';
  let count = 0;
  for (const step of [...pieces.map((it) => () => masker.write(it)), () => masker.end()]) {
    const outcome = step();
    if (outcome.kind !== 'masked')
      return { text, count, why: outcome.kind === 'unreadable' ? outcome.why : outcome.kind };
    for (const chunk of outcome.chunks) text += decoder.decode(chunk, { stream: true });
    count += outcome.count;
  }
  return { text, count };
}

const always = () => true;
const wall = secretsMasked({ hash, reveal: false });
const body = (hold: Hold = always) => createMasker({ watch: false, hold, ...wall });
const watch = (hold: Hold = always) => createMasker({ watch: true, hold, ...wall });
/** Grants up to a limit, and knows what is held. */
const upTo = (limitBytes: number) => {
  const room = { held: 0, most: 0, hold: (bytes: number) => bytes <= limitBytes && set(bytes) };
  const set = (bytes: number) => {
    room.held = bytes;
    room.most = Math.max(room.most, bytes);
    return true;
  };
  return room;
};

const pieces = (bytes: Uint8Array, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );

const example: TestSecret = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u-1' },
  type: 'Opaque',
  values: { password: 'HUNTER"TWO\\𝄞' },
};
const event = (type: string, it: TestSecret) =>
  `${JSON.stringify({ type, object: toSecret(applied(it)) })}\n`;

describe('a body', () => {
  it('comes out masked at its end, the same however it was cut', () => {
    fc.assert(
      fc.property(
        fc.array(testSecret, { maxLength: 2 }),
        fc.integer({ min: 1, max: 400 }),
        (secrets, size) => {
          for (const it of everyBody(secrets)) {
            const bytes = utf8.encode(JSON.stringify(it));
            const whole = run(body(), [bytes]);
            expect(whole.why).toBeUndefined();
            expect(survivors(JSON.parse(whole.text), secrets)).toEqual([]);
            expect(run(body(), pieces(bytes, size))).toEqual(whole);
          }
        },
      ),
    );
  });

  it('shows nothing before it was read whole', () => {
    const bytes = utf8.encode(JSON.stringify(toSecret(example)));
    expect(body().write(bytes)).toEqual({ kind: 'masked', chunks: [], count: 0 });
  });

  it('may be empty, pretty-printed or escaped', () => {
    expect(run(body(), [])).toEqual({ text: '', count: 0 });
    const pretty = JSON.stringify(toSecret(example), undefined, 2).replace('"data"', '"\\u0064ata"');
    expect(run(body(), [utf8.encode(pretty)]).count).toBe(1);
  });

  it.each([
    ['cut short', utf8.encode('{"kind":"Secret"'), 'is not JSON'],
    ['YAML', utf8.encode('kind: Secret\ndata:\n  a: aHVudGVy\n'), 'is not JSON'],
    ['two documents', utf8.encode('{"kind":"Status"}{"kind":"Status"}'), 'is not JSON'],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'is not UTF-8'],
    ['compressed', Uint8Array.of(0x1f, 0x8b, 0x08, 0x00), 'is not UTF-8'],
    ['protobuf', utf8.encode('k8s\0\n\u0002v1'), 'is not JSON'],
    ['of a byte order mark', utf8.encode('\uFEFF{"kind":"Status"}'), 'is not JSON'],
  ])('is unreadable when it is %s, and the reason quotes nothing', (_, bytes, why) => {
    expect(run(body(), [bytes])).toEqual({ text: '', count: 0, why });
  });

  it('is held to its bound', () => {
    const masker = body();
    const chunk = new Uint8Array(MAX_BODY_BYTES).fill(0x20);
    expect(masker.write(chunk).kind).toBe('masked');
    const outcome = masker.write(Uint8Array.of(0x20));
    expect(outcome).toEqual({ kind: 'unreadable', why: `the body is larger than ${MAX_BODY_BYTES} bytes` });
    expect(masker.end()).toBe(outcome);
  });
});

describe('a body takes its room', () => {
  const bytes = utf8.encode(JSON.stringify(toSecret(applied(example))));

  it('and gives it back when it goes out', () => {
    const room = upTo(2 * bytes.length);
    const masker = body(room.hold);
    for (const piece of pieces(bytes, 10)) masker.write(piece);
    expect(room.held).toBeGreaterThanOrEqual(bytes.length);
    expect(masker.end().kind).toBe('masked');
    expect(room.held).toBe(0);
  });

  it('and fails for good where there is none', () => {
    const masker = body(upTo(bytes.length - 1).hold);
    const outcome = masker.write(bytes);
    expect(outcome).toEqual({ kind: 'noRoom' });
    expect(masker.write(Uint8Array.of(0x20))).toBe(outcome);
    expect(masker.end()).toBe(outcome);
  });
});

describe('a watch', () => {
  const stream = utf8.encode(
    event('ADDED', example) +
      event('MODIFIED', { ...example, metadata: { ...example.metadata, uid: 'u-2' } }) +
      `${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Secret', apiVersion: 'v1', metadata: {} } })}\n` +
      `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', apiVersion: 'v1', code: 410 } })}\n`,
  );
  const whole = run(watch(), [stream]);

  it('comes out masked event by event', () => {
    expect(whole.why).toBeUndefined();
    const events = whole.text.split('\n').slice(0, -1);
    expect(events.map((it) => JSON.parse(it).type)).toEqual(['ADDED', 'MODIFIED', 'BOOKMARK', 'ERROR']);
    for (const it of events) expect(survivors(JSON.parse(it), [example])).toEqual([]);
    expect(whole.count).toBe(8);
  });

  it('is the same cut at every byte boundary, and byte by byte', () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(run(watch(), [stream.subarray(0, at), stream.subarray(at)])).toEqual(whole);
    }
    expect(run(watch(), pieces(stream, 1))).toEqual(whole);
  });

  it('gives each event out with its last byte', () => {
    const masker = watch();
    const one = utf8.encode(event('ADDED', example));
    expect(masker.write(one.subarray(0, -1))).toMatchObject({ chunks: [] });
    const last = masker.write(one.subarray(-1));
    expect(last.kind === 'masked' && last.chunks.length).toBe(1);
  });

  it('does not keep the chunk it was given', () => {
    const masker = watch();
    const one = utf8.encode(event('ADDED', example));
    const reused = one.slice(0, -1);
    masker.write(reused);
    reused.fill(0);
    expect(masker.write(one.subarray(-1)).kind).toBe('masked');
  });

  it('holds no seeded value however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(testSecret, { maxLength: 3 }),
        fc.integer({ min: 1, max: 300 }),
        (secrets, size) => {
          const bytes = utf8.encode(secrets.map((it) => event('ADDED', it)).join(''));
          const outcome = run(watch(), pieces(bytes, size));
          expect(outcome.why).toBeUndefined();
          const events = outcome.text.split('\n').slice(0, -1);
          expect(events).toHaveLength(secrets.length);
          for (const it of events) expect(survivors(JSON.parse(it), secrets)).toEqual([]);
        },
      ),
    );
  });

  it('ends at the first event it cannot read and shows nothing of it or after it', () => {
    const masker = watch();
    const good = utf8.encode(event('ADDED', example));
    expect(masker.write(good).kind).toBe('masked');
    const outcome = masker.write(utf8.encode('{"type":"ADDED","object":{"kind":"Pod"}}\n'));
    expect(outcome.kind).toBe('unreadable');
    expect(masker.write(good)).toBe(outcome);
    expect(masker.end()).toBe(outcome);
  });

  it('holds no more than an event, and nothing between two', () => {
    const room = upTo(2 * stream.length);
    const masker = watch(room.hold);
    for (const piece of pieces(stream, 10)) masker.write(piece);
    expect(room.most).toBeGreaterThan(0);
    expect(room.most).toBeLessThan(stream.length);
    expect(room.held).toBe(0);
  });

  it('fails for good where there is no room for an event', () => {
    const masker = watch(upTo(100).hold);
    expect(masker.write(stream.subarray(0, 10)).kind).toBe('masked');
    const outcome = masker.write(stream.subarray(10));
    expect(outcome).toEqual({ kind: 'noRoom' });
    expect(masker.write(stream)).toBe(outcome);
    expect(masker.end()).toBe(outcome);
  });

  it('that was cut within an event is unreadable', () => {
    expect(run(watch(), [stream.subarray(0, -1)]).why).toBe('the watch ended within an event');
  });

  it('is held to its bound for an event, and to none for the whole', () => {
    const masker = watch();
    const blank = new Uint8Array(MAX_EVENT_BYTES - stream.length).fill(0x20);
    for (let round = 0; round < 3; round++) {
      masker.write(blank);
      expect(masker.write(stream).kind).toBe('masked');
    }
    masker.write(blank);
    expect(masker.write(new Uint8Array(stream.length + 1)).kind).toBe('unreadable');
  });
});
