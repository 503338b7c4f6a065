import { expect, test } from 'vitest';
import { compilePatterns } from './compile.ts';
import { hiddenIn } from './lines.ts';
import { WELL_KNOWN } from './well-known.ts';

const patterns = compilePatterns({ wellKnown: true });
/** `count` characters that no scanner takes for a token: made here, and of one kind. */
const x = (count: number, of = 'a1B2') => of.repeat(count).slice(0, count);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const pem = (label: string) => `-----BEGIN ${label}-----`;

/** Name, a text, what of it is hidden, and a text that is nearly one and stays. */
const SHAPES: readonly (readonly [
  name: string,
  before: string,
  hidden: string,
  after: string,
  nearly: string,
])[] = [
  ['aws-access-key', 'id ', `${'AK'}IA${x(16, 'Q7')}`, ' end', `${'AK'}IA${x(15, 'Q7')} `],
  ['aws-secret-key', 'aws_secret_access_key = ', x(40), '', `aws_secret_access_key = ${x(39)}`],
  ['aws-secret-key', '{"SecretAccessKey":"', x(40), '"}', `{"SecretAccess":"${x(40)}"}`],
  ['github-token', 'git clone with ', `${'gh'}p_${x(36)}`, ' ok', `${'gh'}p_${x(35)}`],
  ['github-token', '', `${'github'}_pat_${x(22)}_${x(59)}`, '', `${'github'}_pat_${x(20)}`],
  ['gitlab-token', '', `${'gl'}pat-${x(20)}`, '', `${'gl'}pat-${x(19)}`],
  ['slack-token', '', `${'xo'}xb-${x(12, '17')}-${x(24)}`, '', `${'xo'}xz-${x(24)}`],
  [
    'slack-webhook',
    'https://hooks.slack.com/services/',
    `T${x(8)}/B${x(8)}/${x(24)}`,
    '',
    'https://hooks.slack.com/docs/a',
  ],
  ['google-key', 'key=', `${'AI'}za${x(35)}`, '', `${'AI'}za${x(30)}`],
  ['stripe-key', '', `${'sk'}_live_${x(24)}`, '', `${'sk'}_life_${x(24)}`],
  ['npm-token', '//registry/:_authToken=', `${'np'}m_${x(36)}`, '', `${'np'}m_config_registry`],
  ['pypi-token', '', `${'py'}pi-AgEIcHlwaS5vcmc${x(60)}`, '', `${'py'}pi-${x(60)}`],
  ['docker-token', '', `${'dc'}kr_pat_${x(27)}`, '', `${'dc'}kr_pat_${x(9)}`],
  ['docker-auth', '{"auths":{"r":{"auth":"', base64('robot:password'), '"}}}', '{"auth":"basic"}'],
  ['vault-token', '', `${'hv'}s.${x(24)}`, '', `${'hv'}s.${x(12)}`],
  ['terraform-token', '', `${x(14)}.atlas${'v1'}.${x(60)}`, '', `${x(14)}.atlas${'v1'}.${x(20)}`],
  ['model-api-key', '', `${'sk'}-proj-${x(40)}`, '', 'task-proj-deploy'],
  ['huggingface-token', '', `${'hf'}_${x(34)}`, '', `${'hf'}_${x(20)}`],
  ['sendgrid-key', '', `${'SG'}.${x(22)}.${x(43)}`, '', `${'SG'}.${x(22)}`],
  ['digitalocean-token', '', `${'do'}p_v1_${x(64, 'a1')}`, '', `${'do'}p_v1_${x(63, 'a1')}`],
  ['shopify-token', '', `${'sh'}pat_${x(32, 'a1')}`, '', `${'sh'}pat_${x(31, 'a1')}`],
  ['grafana-token', '', `${'gl'}sa_${x(32)}_${x(8, 'a1')}`, '', `${'gl'}sa_${x(8)}`],
  ['atlassian-token', '', `${'AT'}ATT3${x(180)}`, '', `${'AT'}ATT3${x(20)}`],
  ['azure-storage-key', 'AccountName=web;AccountKey=', `${x(86)}==`, ';EndpointSuffix=x', 'AccountKey=none;'],
  ['azure-client-secret', '', `${x(3)}8${'Q~'}${x(34)}`, '', `${x(3)}8${'Q~'}${x(10)}`],
  ['age-key', '', `${'AGE'}-SECRET-KEY-1${x(58, 'Q7')}`, '', `${'AGE'}-SECRET-KEY-1${x(50, 'Q7')}`],
  ['jwt', 'token: ', `${'ey'}J${x(20)}.${'ey'}J${x(30)}.${x(43)}`, '', `${'ey'}J${x(30)}`],
  ['jwt', '', `${base64('{ "alg": 1 }').replace(/=*$/, '')}.${x(30)}.${x(43)}`, '', 'eyAxyz.example.com'],
  [
    'jwt',
    '',
    `${base64('{\n  "alg": 1}').replace(/=*$/, '')}.${x(30)}.${x(43)}`,
    '',
    'newogre-service.production.svc',
  ],
  ['jwt', '', `${base64('{\r\n\t"a": 1}').replace(/=*$/, '')}.${x(30)}.${x(43)}`, '', 'ew0K'],
  ['jwt', '', `${base64('{\n\t"a": 1}').replace(/=*$/, '')}.${x(30)}.${x(43)}`, '', 'ewoJ'],
  ['bearer-token', 'Authorization: Bearer ', x(20), '', 'the bearer of this letter'],
  ['authorization', 'Authorization: Basic ', base64('me:secret'), '', 'authorization: basic only'],
  ['authorization', '{"authorization":["Basic ', base64('me:secret'), '"]}', '{"authorization":["Basic"]}'],
  ['authorization', 'map[Authorization:[Basic ', base64('me:secret'), ' x]]', 'map[Authorization:[Basic]]'],
  ['url-password', 'postgres://app@server:', x(12), '@server.example/x', 'ssh://git@server:org/x@v1'],
  ['url-password', 'postgres://app:', "it's3cret", '@db', "['http://web:8080', 'me@db']"],
  ['url-password', 'postgres://app:', 'pa\\ss\\\\new', '@db', '"http://web:8080\\nme@db"'],
  ['url-password', 'postgres://app:', x(12), '@db:5432/app', 'postgres://db:5432/app'],
  [
    'private-key',
    'client-key-data: ',
    base64(`${pem('EC PRIVATE KEY')}\n${x(90)}\n`),
    '',
    base64(pem('CERTIFICATE')),
  ],
  [
    'private-key',
    '',
    `${pem('OPENSSH PRIVATE KEY')}\n${x(70)}\n${pem('OPENSSH PRIVATE KEY').replace('BEGIN', 'END')}`,
    '\n',
    `${pem('PUBLIC KEY')}\n${x(70)}`,
  ],
];

test.each(SHAPES)(
  '%s after "%s": all of it is hidden, and nothing around it',
  (name, before, hidden, after) => {
    for (const [left, right] of [
      ['', ''],
      ['\t"', '"'],
      ['\\n', '\\n'],
      ['x=1\n', '\n'],
    ] as const) {
      const text = left + before + hidden + after + right;
      const start = left.length + before.length;
      expect(hiddenIn(patterns, text), JSON.stringify(text)).toEqual([
        { start, end: start + hidden.length, name: expect.stringMatching(after === '' ? /./ : name) },
      ]);
    }
  },
);

test.each(SHAPES)('%s: what is nearly one stays', (_name, _before, _hidden, _after, nearly) => {
  expect(hiddenIn(patterns, nearly)).toEqual([]);
});

test('each of the set has its example', () => {
  expect(new Set(SHAPES.map(([name]) => name))).toEqual(new Set(WELL_KNOWN.map(({ name }) => name)));
});

test('"PRIVATE KEY" is found in base64 at each of its alignments', () => {
  for (const label of [
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'DSA PRIVATE KEY',
  ])
    expect(hiddenIn(patterns, base64(`${pem(label)}\nMIIE`)), label).toHaveLength(1);
});

test('a private key in base64 is hidden whatever stands before it', () => {
  const certificate = `${pem('CERTIFICATE')}\nMIIB\n${pem('CERTIFICATE').replace('BEGIN', 'END')}\n`;
  for (const before of ['\n', '  ', '   ', certificate, `${certificate} `, `${certificate}  `]) {
    const text = base64(`${before}${pem('RSA PRIVATE KEY')}\n${'~?>'.repeat(30)}`);
    for (const [from, to] of ['++', '+-', '/_'])
      expect(hiddenIn(patterns, text.replaceAll(from ?? '', to ?? '')), before).toContainEqual({
        start: expect.any(Number),
        end: text.length,
        name: 'private-key',
      });
  }
  for (const before of ['', '1', '12'])
    expect(hiddenIn(patterns, base64(`${before} of a PRIVATE KEY nothing is said`))).toEqual([]);
});

test.each([
  ['secretAccessKey', '', x(40)],
  ['auth', '', base64('robot:password')],
  ['Authorization', 'Basic ', base64('me:secret')],
])('in the field %s its value is found', (field, before, hidden) => {
  const found = hiddenIn(patterns, before + hidden, field);
  expect(found.map(({ start, end }) => (before + hidden).slice(start, end))).toEqual([hidden]);
  expect(hiddenIn(patterns, before + hidden, 'checksum')).toEqual([]);
});

test.each(['ISTIO_MUTUAL', 'bearer', 'client-certificate', 'x509', 'serviceaccount-token'])(
  'as the value of auth %s stays',
  (word) => {
    expect(hiddenIn(patterns, word, 'auth')).toEqual([]);
  },
);

test('what programs escape in JSON hides nothing of a secret', () => {
  const key = `${x(20)}/${x(19)}`;
  const php = (value: unknown) => JSON.stringify(value).replaceAll('/', '\\/');
  for (const [line, hidden] of [
    [php({ dsn: `postgres://app:${x(12)}@db/x` }), x(12)],
    [php({ aws_secret_access_key: key }), key.replace('/', '\\/')],
    [php({ a: php({ aws_secret_access_key: key }) }), key.replace('/', '\\\\\\/')],
    [`{"dsn": "postgres://app:p\\u00e4${x(9)}@db/x"}`, `p\\u00e4${x(9)}`],
    [JSON.stringify({ dsn: `postgres://app:pa\\${x(9)}@db/x` }), `pa\\\\${x(9)}`],
  ] as const)
    expect(
      hiddenIn(patterns, line).map(({ start, end }) => line.slice(start, end)),
      line,
    ).toEqual([hidden]);
});

test('what an object of a cluster is full of stays', () => {
  const words = [
    'docker.io/library/nginx@sha256:0f6a2f1a7c3d4f6b9d1e2c3b4a5968778695a4b3c2d1e0f0a9b8c7d6e5f40312',
    '5f0c3b1e-2d4a-4f6b-8c7d-9e0f1a2b3c4d',
    'kubernetes.io/service-account-token',
    'system:serviceaccount:kube-system:bootstrap-token',
    'https://kubernetes.default.svc:443/api/v1?watch=1',
    '{"f:metadata":{"f:annotations":{".":{},"f:kubectl.kubernetes.io/last-applied-configuration":{}}}}',
    'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTIzLCJzdGFydCI6IndlYlx1MDAwMCJ9',
    'desk-cache-proj-replica-0',
    'Basic scheduling token bucket',
  ];
  for (const word of words) expect(hiddenIn(patterns, word), word).toEqual([]);
});
