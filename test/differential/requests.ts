// Requests as an agent could send them, made to be read in two ways: from a seed, any number of them, the same ones again.
import fc from 'fast-check';

export interface RawRequest {
  readonly method: string;
  /** The bytes of the request line between method and protocol. */
  readonly target: string;
}

const methods = fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE');

/** Where paths begin: each form that RequestInfo tells apart, and some that look like one. */
const beginnings = fc.constantFrom(
  '/api/v1',
  '/api/v1/namespaces/shop',
  '/api/v1/watch',
  '/api/v1/watch/namespaces/shop',
  '/api/v1/proxy',
  '/apis/apps/v1',
  '/apis/apps/v1/namespaces/shop',
  '/apis/made.up/v1/namespaces',
  '/apis/apps',
  '/apis',
  '/api',
  '/openapi',
  '',
);

/** Words that RequestInfo treats as its own, ordinary names, and names in every spelling that a client may choose. */
const words = fc.constantFrom(
  ...['api', 'apis', 'v1', 'namespaces', 'watch', 'proxy', 'status', 'finalize', 'exec', 'log'],
  ...[
    'pods',
    'secrets',
    'configmaps',
    'shop',
    'web',
    'system%3Anode',
    '%77eb',
    'a+b',
    'a:b',
    'a,b',
    'a=b',
    'a&b',
  ],
  ...['%E2%82%AC', "it's", '(a)', '~', '%40', '*', '-', 'x%3Fy', '%22', '"', '<', '|', '^', '`', '{', '['],
);
/** What must be refused wherever it stands. */
const traps = fc.constantFrom(
  '',
  '.',
  '..',
  '%2e%2e',
  '%2f',
  'a%2Fb',
  '%252e',
  ';x',
  'a;b',
  '%00',
  '%',
  '%zz',
  '\\',
);
const segment = fc.oneof({ weight: 24, arbitrary: words }, { weight: 1, arbitrary: traps });
const path = fc
  .tuple(beginnings, fc.array(segment, { maxLength: 4 }), fc.boolean())
  .map(([begin, segments, slash]) => [begin, ...segments].join('/') + (slash ? '' : '/') || '/')
  .map((text) => (text.endsWith('//') ? text.slice(0, -1) : text));

const fieldSelectors = fc.constantFrom(
  ...[
    'metadata.name=web',
    'metadata.name%3Dweb',
    'metadata.name==web',
    'metadata.name!=web',
    'metadata.name=',
  ],
  ...['a=b,metadata.name=web', 'metadata.name=b,metadata.name=a', 'spec.nodeName=,metadata.name=web'],
  ...['metadata.name=a%5C%2Cb', 'metadata.name=a%5C%3Db', 'metadata.name=a%5Cx', 'metadata.name=..'],
  ...['metadata.name=a%2Fb', 'metadata.name=a%25b', '%20metadata.name=x', 'metadata.name=%E2%82%AC'],
  ...['metadata.name=x,,', 'a=b=c', 'a', '='],
);
const labelSelectors = fc.constantFrom(
  ...['a=b', 'a==b', 'a!=', '!a', '!a=b', 'a', 'a,', 'a+in+(b)', 'a+in+(b,,c)', 'in+in+(in)', 'a+notin+()'],
  ...[
    'a+b',
    'x>1',
    'x>a',
    'k/a=b',
    'a.b/c.d+in+(x)',
    'a+in+(b+c)',
    'a=)',
    'a%0Ab',
    '%C2%A0a',
    '-a',
    'a=b,,c',
  ],
);
const numbers = fc.constantFrom('5', '', 'x', '-1', '%2B3', '0x1', '1_0', '9223372036854775808');
const booleans = fc.constantFrom(
  '',
  '=',
  '=0',
  '=1',
  '=t',
  '=true',
  '=False',
  '=FALSE',
  '=no',
  '=fal%C5%BFe',
);
const parameter = fc.oneof(
  booleans.map((value) => `watch${value}`),
  fieldSelectors.map((value) => `fieldSelector=${value}`),
  fieldSelectors.map((value) => `fieldSelector=${value}`),
  labelSelectors.map((value) => `labelSelector=${value}`),
  numbers.map((value) => `limit=${value}`),
  numbers.map((value) => `timeoutSeconds=${value}`),
  booleans.map((value) => `sendInitialEvents${value}`),
  fc.constantFrom(
    'pretty=true',
    'a;b=c',
    '%zz=1',
    'resourceVersion=x',
    '=x',
    '',
    'a?b=c',
    '%77atch=1',
    'continue=%',
  ),
);
const query = fc
  .array(parameter, { maxLength: 4 })
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`));

const rawRequest: fc.Arbitrary<RawRequest> = fc.record({
  method: methods,
  target: fc.tuple(path, query).map(([at, asked]) => at + asked),
});

export function rawRequests(count: number, seed: number): RawRequest[] {
  return fc.sample(rawRequest, { numRuns: count, seed });
}
