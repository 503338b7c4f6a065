import { describe, expect, test } from 'vitest';
import type { ApiRequest } from '../api-request.ts';
import { requestOf } from '../fixtures.ts';
import { MAX_OPERATIONS } from './operations.ts';
import { enveloped, message } from './test-protobuf.ts';
import { readWritten } from './written.ts';

const shop = '/api/v1/namespaces/shop';
const post = requestOf('POST', `${shop}/configmaps`);
const put = requestOf('PUT', `${shop}/configmaps/web`);
const patch = requestOf('PATCH', `${shop}/configmaps/web`);
const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const encode = (body: unknown) =>
  new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
const outcome = (request: ApiRequest, body: unknown, type?: string) => {
  const read = readWritten(body instanceof Uint8Array ? body : encode(body), type, request);
  return read.kind === 'refusal' ? `${read.code}: ${read.causes[0]?.because}` : read.kind;
};
const web = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' } };
const otherName = 'OtherObject: its body has metadata.name "db" where its path has "web"';
const otherNamespace = 'OtherObject: its body has metadata.namespace "till" where its path has "shop"';
const otherGroup = 'OtherObject: its body has apiVersion "apps/v1" where its path has "v1"';

describe('an object goes on', () => {
  const scale = requestOf('PUT', '/apis/apps/v1/namespaces/shop/deployments/web/scale');
  const named = { metadata: { name: 'web' } };
  test.each([
    ['that is the one of its URL', put, web],
    ['that leaves out its type, and its namespace', put, named],
    [
      'whose name and namespace are null or empty, which is the server’s to miss',
      put,
      { metadata: { name: null, namespace: '' } },
    ],
    ['whose metadata are null', put, { metadata: null }],
    ['of any name where the URL has none', post, { metadata: { name: 'db' } }],
    ['whose name the server makes up', post, { metadata: { generateName: 'db-' } }],
    ['with a name and a generateName', post, { metadata: { name: 'db', generateName: 'db-' } }],
    [
      'of another version of its group',
      requestOf('PUT', '/apis/apps/v1/namespaces/shop/deployments/web'),
      { apiVersion: 'apps/v1beta1', ...named },
    ],
    ['of another group, in a subresource', scale, { apiVersion: 'autoscaling/v1', kind: 'Scale', ...named }],
    [
      'without a name, in a subresource',
      requestOf('POST', `${shop}/serviceaccounts/web/token`),
      { spec: {} },
    ],
    [
      'of no namespace that says one, which the server removes',
      requestOf('PUT', '/apis/rbac.authorization.k8s.io/v1/clusterroles/web'),
      { metadata: { name: 'web', namespace: 'x' } },
    ],
    [
      'that is a namespace and says one',
      requestOf('PUT', '/api/v1/namespaces/shop'),
      { metadata: { name: 'shop', namespace: 'x' } },
    ],
    ['that is for a path of no resource', requestOf('POST', '/things'), [1]],
    [
      'that are the options of a delete',
      requestOf('DELETE', `${shop}/configmaps/web`),
      { apiVersion: 'policy/v1', metadata: { name: 'db' } },
    ],
  ])('%s', (_, request, body) => {
    expect(outcome(request, body)).toBe('json');
  });

  test('with the value that was read, and as what the server reads', () => {
    expect(readWritten(encode(web), undefined, put)).toEqual({ kind: 'json', value: web, yaml: false });
    expect(readWritten(encode(web), 'application/apply-patch+yaml', patch)).toEqual({
      kind: 'json',
      value: web,
      yaml: true,
    });
  });
});

describe('a body is refused', () => {
  const metadata = (value: object) => ({ ...web, metadata: { ...web.metadata, ...value } });
  const eviction = requestOf('POST', `${shop}/pods/web/eviction`);
  test.each([
    ['for another name', put, metadata({ name: 'db' }), undefined, otherName],
    ['for another namespace', put, metadata({ namespace: 'till' }), undefined, otherNamespace],
    [
      'for another namespace, without a name',
      post,
      { metadata: { namespace: 'till' } },
      undefined,
      otherNamespace,
    ],
    ['of another group', post, { ...web, apiVersion: 'apps/v1' }, undefined, otherGroup],
    [
      'of the core group where the URL has another',
      requestOf('POST', '/apis/apps/v1/namespaces/shop/deployments'),
      web,
      undefined,
      'OtherObject: its body has apiVersion "v1" where its path has "apps/v1"',
    ],
    ['in a subresource for another name', eviction, metadata({ name: 'db' }), undefined, otherName],
    ['that patches in another name', patch, { metadata: { name: 'db' } }, MERGE, otherName],
    [
      'that patches in another namespace',
      patch,
      { metadata: { namespace: 'till' } },
      'application/strategic-merge-patch+json',
      otherNamespace,
    ],
    [
      'that applies another object',
      patch,
      metadata({ name: 'db' }),
      'application/apply-patch+yaml',
      otherName,
    ],
    [
      'whose operation adds another name',
      patch,
      [{ op: 'add', path: '/metadata/name', value: 'db' }],
      JSON_PATCH,
      otherName,
    ],
    [
      'whose operation replaces the metadata',
      patch,
      [
        { op: 'test', path: '/a' },
        { op: 'replace', path: '/metadata', value: { name: 'db' } },
      ],
      JSON_PATCH,
      otherName,
    ],
    [
      'whose operation replaces all of it',
      patch,
      [{ op: 'replace', path: '', value: { metadata: { namespace: 'till' } } }],
      JSON_PATCH,
      otherNamespace,
    ],
    [
      'whose operation sets another group',
      patch,
      [{ op: 'add', path: '/apiVersion', value: 'apps/v1' }],
      JSON_PATCH,
      otherGroup,
    ],
    [
      'that spells its type otherwise',
      post,
      { ...web, Kind: 'Secret' },
      undefined,
      'MalformedBody: its body has the key "Kind", which the API server takes for its type',
    ],
    [
      'that spells its type with a letter that Go folds',
      post,
      { 'apiVer\u017fion': 'v2' },
      undefined,
      'MalformedBody: its body has the key "apiVerſion", which the API server takes for its type',
    ],
    [
      'of a delete, that spells its type otherwise',
      requestOf('DELETE', `${shop}/configmaps/web`),
      { KIND: 'x' },
      undefined,
      'MalformedBody: its body has the key "KIND", which the API server takes for its type',
    ],
    ['that is no object', post, [web], undefined, 'MalformedBody: its body is no JSON object'],
    ['that is null', put, 'null', undefined, 'MalformedBody: its body is no JSON object'],
    [
      'that is a number as it was written',
      put,
      '1.0',
      undefined,
      'MalformedBody: its body is no JSON object',
    ],
    [
      'whose metadata are a list',
      put,
      { metadata: [] },
      undefined,
      'MalformedBody: its body has metadata that are no JSON object',
    ],
    [
      'whose name is a number',
      put,
      { metadata: { name: 1 } },
      undefined,
      'MalformedBody: its body has a metadata.name that is no text',
    ],
    [
      'with a key twice',
      post,
      '{"data":{"a":1,"a":2}}',
      undefined,
      'MalformedBody: its body has the key "data.a" twice',
    ],
    [
      'that is YAML',
      post,
      'a: b',
      'application/yaml',
      'UnsupportedMediaType: a body of type "application/yaml" cannot be checked here',
    ],
    [
      'that is JSON with a fault where YAML may be',
      patch,
      ' {"a":1,"a":2}',
      'application/apply-patch+yaml',
      'MalformedBody: its body has the key "a" twice',
    ],
    [
      'in CBOR',
      post,
      web,
      'application/cbor',
      'UnsupportedMediaType: a body of type "application/cbor" cannot be checked here',
    ],
    [
      'that is a patch without a type',
      patch,
      {},
      undefined,
      'UnsupportedMediaType: a body of type "" cannot be checked here',
    ],
  ])('%s', (_, request, body, type, said) => {
    expect(outcome(request, body, type)).toBe(said);
  });
});

describe('a JSON Patch', () => {
  const operation = { op: 'replace', path: '/data/a', value: 1 };
  test('goes on with known operations, up to the server’s own bound', () => {
    const known = ['add', 'remove', 'replace', 'move', 'copy', 'test'].map((op) => ({
      op,
      path: '/a',
      from: '/b',
    }));
    expect(outcome(patch, known, JSON_PATCH)).toBe('json');
    expect(outcome(patch, [], JSON_PATCH)).toBe('json');
    expect(outcome(patch, Array(MAX_OPERATIONS).fill(operation), JSON_PATCH)).toBe('json');
    expect(outcome(patch, [{ op: 'test', path: '/metadata/name', value: 'db' }], JSON_PATCH)).toBe('json');
  });

  test.each([
    [
      'has too many',
      Array(MAX_OPERATIONS + 1).fill(operation),
      'its body has 10001 operations, and a JSON Patch at most 10000',
    ],
    ['is an object', operation, 'its body is no list of operations'],
    [
      'has an unknown operation',
      [operation, { op: 'merge', path: '/' }],
      'its body has at [1] no operation with a known op and a path',
    ],
    [
      'has an operation in another case',
      [{ Op: 'add', path: '/a' }],
      'its body has at [0] no operation with a known op and a path',
    ],
    [
      'has a path that does not begin with a slash',
      [{ op: 'replace', path: 'x/metadata/name', value: 'db' }],
      'its body has at [0] no operation with a known op and a path',
    ],
    [
      'copies a name from elsewhere',
      [operation, { op: 'copy', from: '/data/a', path: '/metadata/name' }],
      'its body has at [1] an operation that takes "/metadata/name" from elsewhere',
    ],
    [
      'moves all of it from elsewhere',
      [{ op: 'move', from: '/spec', path: '' }],
      'its body has at [0] an operation that takes "" from elsewhere',
    ],
    [
      'moves its type from elsewhere, in another case',
      [{ op: 'move', from: '/data/a', path: '/apiVER\u017fION' }],
      'its body has at [0] an operation that takes "/apiVERſION" from elsewhere',
    ],
    [
      'sets its type in another case',
      [{ op: 'add', path: '/Kind', value: 'Secret' }],
      'its body has the key "Kind", which the API server takes for its type',
    ],
    ['has no path', [{ op: 'add' }], 'its body has at [0] no operation with a known op and a path'],
    ['has a null for an operation', [null], 'its body has at [0] no operation with a known op and a path'],
  ])('is refused that %s', (_, body, why) => {
    expect(outcome(patch, body, JSON_PATCH)).toBe(`MalformedBody: ${why}`);
  });
});

describe('in protobuf', () => {
  const configMap = (name: string, apiVersion = 'v1') =>
    enveloped(apiVersion, 'ConfigMap', message([1, message([1, name], [3, 'shop'])]));
  test('an object goes on that is the one of its URL, and the options of a delete', () => {
    expect(outcome(put, configMap('web'), PROTOBUF)).toBe('protobuf');
    expect(outcome(post, configMap(''), PROTOBUF)).toBe('protobuf');
    const options = enveloped('v1', 'DeleteOptions', message([1, 0]));
    expect(outcome(requestOf('DELETE', `${shop}/configmaps/web`), options, PROTOBUF)).toBe('protobuf');
  });

  test('a Secret is read whole, and goes on as JSON', () => {
    const secret = (name: string, ...more: Parameters<typeof message>) =>
      enveloped('v1', 'Secret', message([1, message([1, name])], [2, message([1, 'a'], [2, 'b'])], ...more));
    const value = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web' }, data: { a: 'Yg==' } };
    const inJson = { kind: 'json', value, yaml: false, contentType: 'application/json' };
    const putSecret = requestOf('PUT', `${shop}/secrets/web`);
    expect(readWritten(secret('web'), PROTOBUF, putSecret)).toEqual(inJson);
    expect(readWritten(secret('web'), PROTOBUF, requestOf('POST', `${shop}/secrets`))).toEqual(inJson);
    expect(outcome(putSecret, secret('db'), PROTOBUF)).toBe(otherName);
    expect(outcome(putSecret, secret('web', [3, 'a'], [3, 'b']), PROTOBUF)).toBe(
      'MalformedBody: its body has type twice',
    );
    expect(outcome(putSecret, secret('web', [9, 'newer']), PROTOBUF)).toMatch(/^UnsupportedMediaType: /);
    const options = enveloped('v1', 'DeleteOptions', message([1, 0]));
    expect(outcome(requestOf('DELETE', `${shop}/secrets/web`), options, PROTOBUF)).toBe('protobuf');
  });

  test('another object is refused, and so is a patch', () => {
    expect(outcome(put, configMap('db'), PROTOBUF)).toBe(otherName);
    expect(outcome(post, configMap('db', 'apps/v1'), PROTOBUF)).toBe(otherGroup);
    expect(outcome(put, encode(web), PROTOBUF)).toBe('MalformedBody: its body is no object in protobuf');
    expect(outcome(patch, configMap('web'), PROTOBUF)).toMatch(/^UnsupportedMediaType: /);
  });
});
