import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sentinel } from '../masking/sentinel.ts';
import { requestOf } from '../policy/fixtures.ts';
import { checkWriteBody } from './write-body.ts';

const hidden = sentinel(() => 'a'.repeat(64), 'uid', 'data', 'key');
const request = requestOf('POST', '/api/v1/namespaces/shop/configmaps');
const check = (text: string, type?: string) => checkWriteBody(Buffer.from(text), type, request);
const printed = (text: string, type?: string) => {
  const checked = check(text, type);
  return checked.kind === 'checked' ? checked.bytes.toString() : checked.code;
};

describe('a body that is written', () => {
  test('is printed from what was read', () => {
    expect(printed('{ "a" : [ 1, true, null, "\\u0041" ] }')).toBe('{"a":[1,true,null,"A"]}');
    expect(printed('{"a":1,"a":2}')).toBe('{"a":2}');
    expect(printed('{"__proto__":{"a":1}}')).toBe('{"__proto__":{"a":1}}');
    expect(printed('')).toBe('');
  });

  test('means the same to whoever reads it next', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(printed(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('keeps every number as it was written', () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }).map(String);
    const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n));
    const odd = fc.constantFrom('1.0', '-0', '-0.0', '1e400', '1E+2', '0.10', '1e-7');
    fc.assert(
      fc.property(fc.array(fc.oneof(integer, decimal, odd)), (numbers) => {
        expect(printed(`[${numbers.join(',')}]`)).toBe(`[${numbers.join(',')}]`);
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
        const body = arounds.reduce((text, wrap) => wrap(text), inner);
        for (const type of [undefined, 'application/json; charset=utf-8', 'application/apply-patch+yaml'])
          expect(check(body, type)).toMatchObject({ code: 'SentinelInWrite' });
      }),
    );
    expect(check(`k8s\0\x0a\x10${hidden}`, 'application/vnd.kubernetes.protobuf')).toMatchObject({
      code: 'SentinelInWrite',
    });
  });

  test.each([
    ['YAML that is not JSON', 'a: b', 'application/yaml', 'UnsupportedMediaType'],
    ['CBOR', 'x', 'application/cbor', 'UnsupportedMediaType'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 'UnsupportedMediaType'],
    ['JSON that is none', '{', 'application/json', 'MalformedRequest'],
    ['JSON too deep to read', '['.repeat(200_000), 'application/json', 'MalformedRequest'],
    ['two documents', '{}{}', 'application/json', 'MalformedRequest'],
  ])('is refused as %s', (_, body, type, code) => {
    expect(check(body, type)).toMatchObject({ kind: 'refusal', code });
  });

  test('passes byte by byte as protobuf', () => {
    const bytes = Buffer.from([0x6b, 0x38, 0x73, 0, 0xff, 0x80, 0x0a]);
    const checked = checkWriteBody(bytes, 'application/vnd.kubernetes.protobuf', request);
    expect(checked.kind === 'checked' && checked.bytes.equals(bytes)).toBe(true);
  });
});
