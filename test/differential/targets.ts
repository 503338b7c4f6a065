// Methods and request targets as an agent could send them, made to be read in two ways. Latin-1: a character a byte.
import fc from 'fast-check';

/** Values that hold no space, by the line. */
const values = (...lines: readonly string[]): string[] => lines.flatMap((line) => line.split(' '));
const oneOf = (...lines: readonly string[]) => fc.constantFrom(...values(...lines));

/** Mostly what has a verb; then what HTTP knows, and what only looks like it. */
export const methods = fc.oneof(
  { weight: 60, arbitrary: oneOf('GET GET GET GET HEAD POST PUT PATCH DELETE DELETE') },
  { weight: 2, arbitrary: oneOf('OPTIONS TRACE CONNECT PROPFIND get Delete GET,POST LIST') },
);

/** Where paths begin: each form that RequestInfo tells apart, and some that look like one. */
const beginnings = oneOf(
  '/api/v1 /api/v1 /api/v1/namespaces/shop /api/v1/namespaces/shop /api/v1/namespaces /api/v1/watch',
  '/api/v1/watch/namespaces/shop /api/v1/proxy /api/v1/proxy/namespaces/shop /apis/apps/v1 /apis/apps/v1/watch',
  '/apis/apps/v1/namespaces/shop /apis/made.up/v1/namespaces /apis/apps /apis /api /api/namespaces /openapi',
  '/healthz /API/v1 /api%2Fv1',
);

/** Words that RequestInfo treats as its own, ordinary names, and names in every spelling that a client may choose. */
const words = oneOf(
  'api apis v1 namespaces watch proxy status finalize exec log Namespaces pods pods secrets configmaps shop web',
  'system%3Anode %77eb %6Eamespaces w%61tch a+b a:b a,b a=b a&b %E2%82%AC (a) ~ %40 * - x%3Fy %22 ... " < | ^ ` { [',
  "it's",
);

/** What must be refused wherever it stands. */
const traps = fc.constantFrom(
  ...values(
    '. .. %2e%2e .%2E %2f a%2Fb %5c %252e %2525 ;x a;b %3B %00 %0a %7F % %zz %c3%28 %C0%AF %E2%80%AE',
  ),
  ...['', '', '\\', '#x', '\u00fc', '\u0001', 'a\tb'],
);
const segment = fc.oneof({ weight: 48, arbitrary: words }, { weight: 1, arbitrary: traps });
const ending = fc.oneof(
  { weight: 30, arbitrary: fc.constant('') },
  { weight: 7, arbitrary: oneOf('/ / / // /// /. /..') },
);
const path = fc
  .tuple(
    fc.oneof({ weight: 24, arbitrary: beginnings }, { weight: 1, arbitrary: fc.constant('') }),
    fc.array(segment, { maxLength: 4 }),
    ending,
  )
  .map(([begin, segments, end]) => [begin, ...segments].join('/') + end || '/');

const NAME = 'metadata.name';
const fieldSelectors = fc.constantFrom(
  ...values(
    '=web %3Dweb ==web !=web = =a%5C%2Cb =a%5C%3Db =a%5Cx =.. =a%2Fb =a%25b =%E2%82%AC =x,, =web%5C !==web',
  ).map((rest) => `${NAME}${rest}`),
  ...values(
    `a=b,${NAME}=web ${NAME}=b,${NAME}=a spec.nodeName=,${NAME}=web %20${NAME}=x ${NAME}=x,,${NAME}=x`,
  ),
  ...values('metadata.namespace=shop Metadata.name=web a=b=c a ='),
);
const labelSelectors = oneOf(
  'a=b a==b a!= !a !a=b a a, a+in+(b) a+in+(b,,c) in+in+(in) a+notin+() a+b x>1 x>a k/a=b a.b/c.d+in+(x) a+in+(b+c)',
  'a=) a%0Ab %C2%A0a -a a=b,,c',
);
const numbers = fc.constantFrom('', ...values('5 5 x -1 %2B3 0x1 1_0 007 9223372036854775808'));
const booleans = fc.constantFrom(
  '',
  ...values('= =0 =0 =false =1 =1 =t =true =False =FALSE =no =fal%C5%BFe =+'),
);
const oddParameters = fc.constantFrom(
  ...values(
    'pretty=true dryRun=All timeout=5s timeout=soon resourceVersion=x command=a&command=b a;b=c watch=1;',
  ),
  ...values('%zz=1 continue=% =x a?b=c %77atch=1 Watch=1 watch%20=1 x=%00 x=%FF x=%E2%80%AE x=\u00e9'),
  ...['', `fieldselector=${NAME}=web`, `field%53elector=${NAME}=web`],
);
const parameter = fc.oneof(
  ...[booleans, booleans].map((those) => those.map((value) => `watch${value}`)),
  ...[fieldSelectors, fieldSelectors].map((those) => those.map((value) => `fieldSelector=${value}`)),
  labelSelectors.map((value) => `labelSelector=${value}`),
  numbers.map((value) => `limit=${value}`),
  numbers.map((value) => `timeoutSeconds=${value}`),
  booleans.map((value) => `sendInitialEvents${value}`),
  booleans.map((value) => `allowWatchBookmarks${value}`),
  oddParameters,
);
const query = fc
  .array(parameter, { maxLength: 3 })
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.join('&')}`));

/** What the name of an object may be read from: a path without one, and a selector among other options. */
const listing = fc
  .tuple(
    oneOf(
      '/api/v1/pods /api/v1/namespaces/shop/pods /api/v1/namespaces /api/v1/watch/pods /apis/apps/v1/deployments',
      '/apis/made.up/v1/namespaces/shop/things',
    ),
    fieldSelectors,
    fc.option(parameter, { nil: 'pretty=false' }),
    fc.boolean(),
  )
  .map(([at, selector, other, first]) => {
    const selected = `fieldSelector=${selector}`;
    return `${at}?${first ? `${selected}&${other}` : `${other}&${selected}`}`;
  });

/** What is streamed, with all that may be said of it and what only looks so. */
const saidOfStreams = fc
  .tuple(
    oneOf(
      '/api/v1/namespaces/shop/pods/web/exec /api/v1/namespaces/shop/pods/web/attach',
      '/api/v1/namespaces/shop/pods/web/portforward /api/v1/namespaces/shop/pods/web/portforward/',
      '/api/v1/pods/web/exec /api/v1/watch/namespaces/shop/pods/web/exec /apis/made.up/v1/namespaces/shop/pods/web/exec',
    ),
    fc.array(
      fc.oneof(
        oneOf(
          'command=ls command=-l command= command=a+b%26c command=%0A command=%00 container=app container=',
        ),
        oneOf(
          'ports=80 ports=80,443 ports=443&ports=80 ports=080 ports=0 ports= ports=65536 port=80 timeout=5s',
        ),
        ...['stdin', 'stdout', 'stderr', 'tty'].map((flag) => booleans.map((value) => `${flag}${value}`)),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([at, said]) => (said.length === 0 ? at : `${at}?${said.join('&')}`));

/** As clients ask: of all that may be said, most goes with only one of the three. */
const asked = oneOf(
  'exec?command=ls&command=-l exec?command=a+b%26c&container=app&stdin=true&tty=true attach?container=app attach?container=app&stdin=1',
  'portforward?ports=80,443 portforward?ports=443&ports=80 portforward?ports=80&timeout=5s portforward',
).map((said) => `/api/v1/namespaces/shop/pods/web/${said}`);

const streaming = fc.oneof(saidOfStreams, asked);

/** Not the origin form at all, or long: what a client sends at most, and beyond what we read. */
const otherForms = fc.constantFrom(
  ...values(
    '* * kubernetes:443 api/v1/pods ?watch=1 https://127.0.0.1/api/v1/pods http://a/api/v1/secrets urn:x',
  ),
  ...['//api/v1/pods', '//evil/api/v1/pods', '/api/v1/pods HTTP/1.1 x', '/api/v1/po ds', 'http://a:b/api'],
  ...[4500, 4500].map((times) => `/api/v1/pods?labelSelector=a+in+(${'b,'.repeat(times)}b)`),
  `/api/v1/namespaces/${'n'.repeat(17_000)}/pods`,
);

export const targets = fc.oneof(
  { weight: 32, arbitrary: fc.tuple(path, query).map(([at, asked]) => at + asked) },
  { weight: 8, arbitrary: listing },
  { weight: 4, arbitrary: streaming },
  { weight: 1, arbitrary: otherForms },
);
