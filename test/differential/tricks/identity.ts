// Who asks, said twice, oddly, or as someone else.
import { bearer, headers, type Pair, type Trick, upgrade } from './make.ts';

const OURS: Pair = ['Authorization', 'Bearer {token}'];
const OTHERS: Pair = ['Authorization', 'Bearer {other}'];
export const WEBSOCKET: readonly Pair[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
];
const PROTOCOL: Pair = [
  'Sec-WebSocket-Protocol',
  'v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.{packed}',
];

export const IDENTITY: readonly Trick[] = [
  headers('Impersonate-User', ['Impersonate-User', 'jane']),
  headers('Impersonate-User in odd case', ['iMPERSONATE-uSER', 'jane']),
  headers('Impersonate-User and -Group', ['Impersonate-User', 'jane'], ['Impersonate-Group', 'developers']),
  headers('Impersonate-Group alone', ['Impersonate-Group', 'developers']),
  headers('Impersonate-Uid', ['Impersonate-User', 'jane'], ['Impersonate-Uid', '1']),
  headers('Impersonate-Extra', ['Impersonate-User', 'jane'], ['Impersonate-Extra-Scopes', 'all']),
  headers('Impersonate-User, empty', ['Impersonate-User', '']),
  headers('Impersonate-User twice', ['Impersonate-User', ''], ['Impersonate-User', 'jane']),
  headers('Impersonate_User', ['Impersonate_User', 'jane']),
  headers('X-Remote-User', ['X-Remote-User', 'jane'], ['X-Remote-Group', 'system:masters']),
  bearer('no Authorization'),
  bearer('an empty Authorization', ['Authorization', '']),
  bearer('an empty bearer', ['Authorization', 'Bearer ']),
  bearer('a bearer after two spaces', ['Authorization', 'Bearer  {token}']),
  bearer('a bearer after a tab', ['Authorization', 'Bearer\t{token}']),
  bearer('a bearer in lower case', ['authorization', 'bearer {token}']),
  bearer('a bearer and a second word', ['Authorization', 'Bearer {token} {other}']),
  bearer('two bearers in one', ['Authorization', 'Bearer {token}, Bearer {other}']),
  bearer('basic credentials', ['Authorization', 'Basic YTpi']),
  bearer('an unknown token', ['Authorization', 'Bearer unknown']),
  bearer("another account's token", OTHERS),
  bearer('two Authorizations, ours first', OURS, OTHERS),
  bearer('two Authorizations, ours last', OTHERS, OURS),
  { ...upgrade('a token in a WebSocket protocol', ...WEBSOCKET, PROTOCOL), authorization: [] },
  upgrade('both tokens, one in a WebSocket protocol', ...WEBSOCKET, PROTOCOL),
  headers('a WebSocket protocol without an upgrade', PROTOCOL),
];
