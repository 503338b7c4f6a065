// Invisible where permitted, in what is written: each body in each format is answered, and stored, as it would be directly.
import { afterAll, describe, expect, test } from 'vitest';
import { enveloped, message } from '../../policy/written/test-protobuf.ts';
import { type Ask, PROTOCOLS } from '../adversarial/agent.ts';
import { suiteCluster } from '../cluster/fixture.ts';
import { bothWays } from './invisible.ts';

const cluster = await suiteCluster();
const ways = await bothWays(cluster, 'invisible-writes');
afterAll(() => ways[Symbol.asyncDispose]());

const { namespace } = ways;
const core = `/api/v1/namespaces/${namespace}`;
const maps = `${core}/configmaps`;
const mine = `${maps}/{me}`;
const object = (more: object) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', ...more });
const configMap = (data: object, metadata: object = {}) =>
  object({ metadata: { name: '{me}', ...metadata }, data });
const JSON_TYPE = 'application/json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY = 'application/apply-patch+yaml';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const write = (method: string, path: string, body: string, type = JSON_TYPE): Ask => ({
  method,
  path,
  body,
  headers: { 'content-type': type },
});

/** One after the other, each on what the former left. */
const STEPS: readonly (readonly [what: string, status: number, ask: Ask])[] = [
  ['a create', 201, write('POST', maps, configMap({ a: '1' }))],
  ['a create of what is there', 409, write('POST', maps, configMap({ a: '1' }))],
  ['an update', 200, write('PUT', mine, configMap({ a: '2' }))],
  ['an update of what is older', 409, write('PUT', mine, configMap({}, { resourceVersion: '1' }))],
  ['a merge patch', 200, write('PATCH', mine, '{"data":{"b":"3"}}', MERGE)],
  ['a strategic merge patch', 200, write('PATCH', mine, '{"data":{"a":null}}', STRATEGIC)],
  ['a JSON patch', 200, write('PATCH', mine, '[{"op":"add","path":"/data/c","value":"4"}]', JSON_PATCH)],
  [
    'a JSON patch whose test fails',
    422,
    write('PATCH', mine, '[{"op":"test","path":"/data/c","value":"5"}]', JSON_PATCH),
  ],
  ['an apply', 200, write('PATCH', `${mine}?fieldManager=x`, configMap({ d: '5' }), APPLY)],
  ['an apply in conflict', 409, write('PATCH', `${mine}?fieldManager=y`, configMap({ d: '6' }), APPLY)],
  [
    'an apply by force',
    200,
    write('PATCH', `${mine}?fieldManager=y&force=true`, configMap({ d: '6' }), APPLY),
  ],
  ['an apply by nobody', 422, write('PATCH', mine, configMap({ d: '6' }), APPLY)],
  ['a patch of what is not there', 404, write('PATCH', `${maps}/not-there`, '{}', MERGE)],
  ['a name that is none', 422, write('POST', maps, object({ metadata: { name: 'Not A Name' } }))],
  ['no name', 422, write('POST', maps, object({}))],
  ['an empty body', 400, write('POST', maps, '')],
  ['a method that the server has not there', 405, write('PUT', maps, configMap({}))],
  [
    'unknown fields, with a Warning each',
    200,
    write('PUT', `${mine}?fieldValidation=Warn`, object({ metadata: { name: '{me}' }, daat: {}, dtaa: {} })),
  ],
  ['unknown fields, refused', 400, write('PUT', `${mine}?fieldValidation=Strict`, object({ daat: {} }))],
  ['a dry run', 200, write('PUT', `${mine}?dryRun=All`, configMap({ never: 'kept' }))],
  ['what all of it left', 200, { path: mine }],
  ['one of 900 kB', 200, write('PUT', mine, configMap({ a: 'x'.repeat(900_000) }))],
  ['a delete with options', 200, write('DELETE', mine, '{"propagationPolicy":"Background"}')],
  ['a delete of what is gone', 404, { method: 'DELETE', path: mine }],
];

/** A ConfigMap of one key: its metadata with the name, and an entry of its data. */
const inProtobuf = (name: string): Buffer =>
  Buffer.from(
    enveloped('v1', 'ConfigMap', message([1, message([1, name])], [2, message([1, 'a'], [2, 'b'])])),
  );

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test.each(STEPS)('%s', async (_, status, ask) => {
    const { direct, through } = await ways.both(protocol, ask);
    expect(direct.status, direct.body).toBe(status);
    expect(through).toEqual(direct);
  });

  test('a body of 3.3 MB is the 413 of the API server', async () => {
    const large = write('PUT', mine, configMap({ a: 'x'.repeat(3_300_000) }));
    // Node's own HTTP/2 client does not always see an answer that comes before the whole body was taken.
    const { direct, through } = await ways.both(protocol, large, 'h1');
    expect(direct.status).toBe(413);
    expect(through).toEqual(direct);
  });

  test.each([
    ['POST', maps, 'text/plain'],
    ['POST', maps, 'application/cbor'],
    ['PATCH', `${maps}/any`, JSON_TYPE],
    ['PATCH', `${maps}/any`, 'application/yaml'],
  ])('what neither takes is a 415 of either, in its own words: %s %s %s', async (method, path, type) => {
    const { direct, through } = await ways.both(protocol, write(method, path, configMap({}), type));
    for (const { status, body } of [direct, through]) {
      expect([status, JSON.parse(body)]).toMatchObject([415, { reason: 'UnsupportedMediaType', code: 415 }]);
    }
  });

  test('protobuf is taken, answered in, and taken back', async () => {
    const told: object[] = [];
    for (const way of [ways.direct, ways.through]) {
      const name = `${protocol}-${way === ways.direct ? 'a' : 'b'}`;
      const headers = { 'content-type': PROTOBUF, accept: PROTOBUF };
      const created = await way.call(protocol, {
        method: 'POST',
        path: maps,
        body: inProtobuf(name),
        headers,
      });
      const ask = { method: 'PUT', path: `${maps}/${name}`, body: created.body, headers };
      const updated = await way.call(protocol, ask);
      const read = await way.call(protocol, { path: `${maps}/${name}` });
      told.push({
        statuses: [created.status, updated.status, read.status],
        types: [created.headers['content-type'], updated.headers['content-type']],
        unchanged: created.body.equals(updated.body),
        data: read.json().data,
      });
    }
    const expected = {
      statuses: [201, 200, 200],
      types: [PROTOBUF, PROTOBUF],
      unchanged: true,
      data: { a: 'b' },
    };
    expect(told).toEqual([expected, expected]);
  });
});

test('a Warning that comes several times stays several', async () => {
  const body = object({ metadata: { name: 'warned' }, daat: {}, dtaa: {} });
  const counts = await Promise.all(
    [ways.direct, ways.through].map(async (way) => {
      const answered = await way.raw(
        `POST ${maps}?fieldValidation=Warn&dryRun=All HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${way.token}\r\n` +
          `Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      return answered.match(/^Warning: 299 - "unknown field \\"d\w+\\""\r$/gim);
    }),
  );
  expect(counts[0]).toHaveLength(2);
  expect(counts[1]?.map((line) => line.toLowerCase())).toEqual(counts[0]?.map((line) => line.toLowerCase()));
});

test('a write in chunks, and one that expects 100-continue first, are answered as they are directly', async () => {
  const body = configMap({ a: 'b' }).replace('{me}', 'any');
  const chunks = `${[...body].map((byte) => `1\r\n${byte}\r\n`).join('')}0\r\n\r\n`;
  const sent = [
    ['Transfer-Encoding: chunked', chunks],
    [`Expect: 100-continue\r\nContent-Length: ${body.length}`, body],
    ['Expect: 100-continue\r\nTransfer-Encoding: chunked', chunks],
  ] as const;
  for (const [framing, framed] of sent) {
    const heads = await Promise.all(
      [ways.direct, ways.through].map(async (way) => {
        const text = await way.raw(
          `POST ${maps}?dryRun=All HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${way.token}\r\n` +
            `Content-Type: application/json\r\nConnection: close\r\n${framing}\r\n\r\n${framed}`,
        );
        return text.match(/^HTTP\/1\.1 \d+ \w+/gm);
      }),
    );
    expect(heads[0]?.at(-1)).toBe('HTTP/1.1 201 Created');
    expect(heads[1]?.at(-1)).toBe('HTTP/1.1 201 Created');
  }
});

test('over HTTP/2 a write that expects 100-continue is told to go on, as it is directly', async () => {
  const body = configMap({ a: 'b' }).replace('{me}', 'any');
  const told = await Promise.all(
    [ways.direct, ways.through].map(
      (way) =>
        new Promise((resolve, reject) => {
          const said: unknown[] = [];
          const session = way.session();
          const stream = session.request({
            ':method': 'POST',
            ':path': `${maps}?dryRun=All`,
            authorization: `Bearer ${way.token}`,
            'content-type': JSON_TYPE,
            expect: '100-continue',
          });
          stream.on('continue', () => {
            said.push(100);
            stream.end(body);
          });
          stream.on('response', (head) => said.push(head[':status']));
          stream.on('error', reject).on('close', () => resolve(said));
          stream.on('end', () => session.close()).resume();
        }),
    ),
  );
  expect(told).toEqual([
    [100, 201],
    [100, 201],
  ]);
});
