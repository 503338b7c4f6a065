import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sentinel } from '../masking/sentinel.ts';
import { requestOf } from '../policy/fixtures.ts';
import { enveloped, message } from '../policy/written/test-protobuf.ts';
import { checkWriteBody } from './write-body.ts';

const hidden = sentinel(
  () => 'a'.repeat(64),
  { uid: 'uid', resourceVersion: '7' },
  { part: 'data', key: 'key' },
);
const shop = '/api/v1/namespaces/shop';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const MIB = 1024 * 1024;
const APPLY = 'application/apply-patch+yaml';

const check = (body: string | Uint8Array, type?: string, { path = 'configmaps', method = 'POST' } = {}) =>
  checkWriteBody(Buffer.from(body), type, { request: requestOf(method, `${shop}/${path}`) });
const apply = (text: string) => check(text, APPLY, { method: 'PATCH', path: 'configmaps/a' });
const outcome = (checked: ReturnType<typeof check>) =>
  checked.kind === 'checked' ? checked.bytes.toString() : checked.code;

describe('a body that is written', () => {
  test('is printed from what was read', () => {
    expect(outcome(check('{ "a" : [ 1.0, true, null, "\\u0041" ] }'))).toBe('{"a":[1.0,true,null,"A"]}');
    expect(outcome(check('{"__proto__":{"a":9223372036854775807}}'))).toBe(
      '{"__proto__":{"a":9223372036854775807}}',
    );
    expect(outcome(check('{"a":1,"a":2}'))).toBe('MalformedBody');
  });

  test('is printed so that it is the same as YAML', () => {
    expect(outcome(check('{"a":"b\u0085c"}'))).toBe('{"a":"b\u0085c"}');
    expect(outcome(apply('{"a":"b\u0085c"}'))).toBe('{"a":"b\\u0085c"}');
  });

  test('is refused where it is too large only as it is printed', () => {
    const value = '\u007f'.repeat(1024 * 1024);
    expect(outcome(apply(JSON.stringify({ data: { a: value } })))).toBe('TooLarge');
    expect(check(JSON.stringify({ data: { a: value } }))).toMatchObject({ kind: 'checked' });
  });

  test('may be empty, whatever its type', () => {
    for (const type of [undefined, 'application/json', 'text/plain'])
      expect(outcome(check('', type))).toBe('');
  });

  test('means the same to whoever reads it next', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const text = JSON.stringify({ data });
        expect(JSON.parse(outcome(check(text)))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('is refused where a sentinel stands in it, at any depth, as key or value, in escapes or base64', () => {
    const escaped = [...hidden].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
    const text = fc.constantFrom(
      JSON.stringify(hidden),
      `"${escaped}"`,
      JSON.stringify(btoa(`x: ${hidden}`)),
    );
    const around = fc.constantFrom<(inner: string) => string>(
      (inner) => `[1,${inner}]`,
      (inner) => `{"a":${inner}}`,
      (inner) => (inner.startsWith('"') ? `{${inner}:1}` : `[${inner}]`),
    );
    fc.assert(
      fc.property(text, fc.array(around, { maxLength: 6 }), (inner, arounds) => {
        const body = `{"data":${arounds.reduce((text, wrap) => wrap(text), inner)}}`;
        for (const type of [undefined, 'application/json; charset=utf-8', 'application/yaml'])
          expect(outcome(check(body, type))).toBe('SentinelInWrite');
        expect(outcome(apply(body))).toBe('SentinelInWrite');
      }),
    );
  });

  test('is refused where a sentinel stands in a Helm release, which hides it by compression', () => {
    const inner = gzipSync(JSON.stringify({ config: { password: hidden } })).toString('base64');
    const data = { release: Buffer.from(inner).toString('base64') };
    const body = JSON.stringify({ metadata: { name: 'a' }, type: 'helm.sh/release.v1', data });
    expect(outcome(check(body, 'application/json', { path: 'secrets' }))).toBe('SentinelInRelease');
    expect(outcome(check(body, 'application/json'))).toBe(body);
    const others = [
      { type: 'Opaque', data },
      { type: 'helm.sh/release.v1', stringData: { release: inner } },
    ];
    for (const other of others)
      expect(outcome(check(JSON.stringify(other), 'application/json', { path: 'secrets' }))).toBe(
        'SentinelInRelease',
      );
  });

  test('is refused where a release is too large to be looked through, and not where it is too large to be read', () => {
    const many = Array(26_000).fill(1);
    const made = (json: string, type = 'helm.sh/release.v1') => {
      const data = { release: btoa(gzipSync(json).toString('base64')) };
      return outcome(check(JSON.stringify({ type, data }), 'application/json', { path: 'secrets' }));
    };
    const json = (password: string, more = '') => JSON.stringify({ config: { password, many, more } });
    expect(made(json(hidden))).toBe('SentinelInRelease');
    expect(made(json(hidden, 'x'.repeat(7 * MIB)))).toBe('SentinelInRelease');
    for (const more of ['', 'x'.repeat(7 * MIB)]) expect(made(json('mine', more))).toMatch(/^\{"type"/);
    expect(made(' '.repeat(8 * MIB + 1))).toBe('TooLarge');
    expect(made(' '.repeat(8 * MIB + 1), 'Opaque')).toMatch(/^\{"type"/);
  });
});

describe('a body in protobuf', () => {
  const configMap = (value: string, name = 'a') =>
    enveloped('v1', 'ConfigMap', message([1, message([1, name])], [2, message([1, 'a'], [2, value])]));

  test('passes byte by byte', () => {
    const bytes = configMap('\u0000é');
    const checked = check(bytes, PROTOBUF);
    expect(checked.kind === 'checked' && checked.bytes.equals(bytes)).toBe(true);
  });

  test('is refused where a sentinel stands in it', () => {
    expect(outcome(check(configMap(hidden), PROTOBUF))).toBe('SentinelInWrite');
  });

  test('goes on as JSON where it is a Secret, in which a sentinel is named by its place', () => {
    const secret = (value: string) =>
      enveloped('v1', 'Secret', message([1, message([1, 'a'])], [2, message([1, 'b'], [2, value])]));
    const checked = check(secret('c'), PROTOBUF, { path: 'secrets' });
    expect(checked).toMatchObject({ contentType: 'application/json' });
    expect(JSON.parse(outcome(checked))).toMatchObject({ kind: 'Secret', data: { b: 'Yw==' } });
    const refused = check(secret(hidden), PROTOBUF, { path: 'secrets' });
    expect(refused).toMatchObject({ code: 'SentinelInWrite', causes: [{ field: 'data.b' }] });
  });

  test('passes as the options of a delete, of Secrets too', () => {
    const options = Buffer.from(enveloped('v1', 'DeleteOptions', message([1, 0])));
    const checked = check(options, PROTOBUF, { path: 'secrets/a', method: 'DELETE' });
    expect(checked).toEqual({ kind: 'checked', bytes: options });
  });
});
