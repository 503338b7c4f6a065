// What a run must have reached to prove anything: each branch of the reading, each trick with a target, a head, a frame.
import type { ApiRequest, ResourceRequest } from '../../policy/api-request.ts';
import type { Exchanged } from './exchange.ts';
import { TRICKS } from './tricks/trick.ts';

type Reached = (request: ApiRequest) => boolean;

const resource =
  (match: (request: ResourceRequest) => boolean): Reached =>
  (request) =>
    request.kind === 'resource' && match(request);
const verb = (name: string) => resource((request) => request.verb === name);
const segments = ({ target }: ApiRequest) => (target.split('?')[0] ?? '').split('/').slice(1);
const bySelector = ({ name, verb: asked, target }: ResourceRequest) =>
  name !== undefined && (asked === 'list' || asked === 'watch') && target.includes('fieldSelector=');

/** Of what was read and would be decided. */
export const BRANCHES: Readonly<Record<string, Reached>> = {
  get: verb('get'),
  list: verb('list'),
  watch: verb('watch'),
  create: verb('create'),
  update: verb('update'),
  patch: verb('patch'),
  delete: verb('delete'),
  deletecollection: verb('deletecollection'),
  proxy: verb('proxy'),
  'HEAD is a get': resource(({ method, verb: asked }) => method === 'HEAD' && asked === 'get'),
  'HEAD is a list': resource(({ method, verb: asked }) => method === 'HEAD' && asked === 'list'),
  'no resource': ({ kind }) => kind === 'nonResource',
  'no resource, by another method': ({ kind, method }) => kind === 'nonResource' && method === 'DELETE',
  'the root': (request) => request.kind === 'nonResource' && request.path === '/',
  'a prefix alone': (request) => request.kind === 'nonResource' && /^\/apis?$/.test(request.path),
  'a group without a resource': (request) =>
    request.kind === 'nonResource' && /^\/apis\/./.test(request.path),
  'another prefix': (request) => request.kind === 'nonResource' && /^\/API\//.test(request.path),
  'the core group': resource(({ apiGroup }) => apiGroup === ''),
  'a named group': resource(({ apiGroup }) => apiGroup !== ''),
  'in a namespace': resource(({ namespace, resource: of }) => namespace !== undefined && of !== 'namespaces'),
  'across namespaces': resource(({ namespace, verb: asked }) => namespace === undefined && asked === 'list'),
  'a namespace itself': resource(
    ({ resource: of, name, namespace }) => of === 'namespaces' && name === namespace && name !== undefined,
  ),
  'namespaces of another group': resource(
    ({ resource: of, apiGroup }) => of === 'namespaces' && apiGroup !== '',
  ),
  'status or finalize of a namespace': resource(
    ({ resource: of, subresource }) => of === 'namespaces' && /^(?:status|finalize)$/.test(subresource ?? ''),
  ),
  'status of an object': resource(
    ({ resource: of, subresource }) => of !== 'namespaces' && subresource === 'status',
  ),
  exec: resource(({ stream }) => stream?.kind === 'exec' && stream.command.length > 0),
  attach: resource(({ stream }) => stream?.kind === 'attach' && stream.container !== undefined),
  'port-forward': resource(({ stream }) => stream?.kind === 'portforward' && stream.ports.length > 1),
  'what only looks like a stream': resource(
    ({ stream, subresource }) => stream === undefined && subresource === 'exec',
  ),
  'a subresource': resource(({ subresource }) => subresource !== undefined),
  'more after a subresource': resource(
    (request) => request.subresource !== undefined && segments(request).length > 7,
  ),
  'the prefix watch': resource((request) => request.verb === 'watch' && segments(request).includes('watch')),
  'the prefix watch with a name': resource(
    (request) => request.verb === 'watch' && request.name !== undefined && !bySelector(request),
  ),
  'the prefix proxy by another method': resource(
    ({ verb: asked, method }) => asked === 'proxy' && method !== 'GET',
  ),
  'a list of one name': resource((request) => request.verb === 'list' && bySelector(request)),
  'a watch of one name': resource(
    (request) => request.verb === 'watch' && bySelector(request) && segments(request)[2] !== 'watch',
  ),
  'a fieldSelector that names none': resource(
    ({ name, target }) => name === undefined && target.includes('fieldSelector=metadata.name'),
  ),
  'a deletecollection with a fieldSelector': resource(
    ({ verb: asked, target }) =>
      asked === 'deletecollection' && target.includes('fieldSelector=metadata.name'),
  ),
  'watch=false': resource(
    ({ verb: asked, target }) => asked === 'list' && /[?&]watch=(?:0|false)/i.test(target),
  ),
};

/** Of every target that was sent. */
export const TARGET_TRICKS: Readonly<Record<string, RegExp>> = {
  'an empty segment': /^\/[^?]*\/\//,
  'a dot segment': /^[^?]*\/\.{1,2}(?:[/?]|$)/,
  'an encoded dot segment': /^[^?]*\/(?:\.|%2e){2}(?:[/?]|$)/i,
  'an encoded slash': /^[^?]*%2f/i,
  'an encoded backslash': /^[^?]*%5c/i,
  'an escape twice over': /^[^?]*%25/,
  'a percent sign that begins nothing': /^[^?]*%(?![0-9a-f]{2})/i,
  'a path that is not UTF-8': /^[^?]*%c[03]%[2a]/i,
  'a control character, encoded': /^[^?]*%(?:00|0a|7f)/i,
  'a backslash': /^[^?]*\\/,
  'a semicolon in the path': /^[^?]*;/,
  'a semicolon in the query': /\?.*;/,
  'a fragment': /#/,
  'a byte beyond ASCII': /[\x80-\xff]/,
  'a control character': /\p{Cc}/u,
  'a space': / /,
  'a trailing slash': /^\/[^?]*[^/?]\/(?:\?|$)/,
  'slashes at the end': /^\/[^?]*\/\/(?:\?|$)/,
  'slashes at the begin': /^\/\//,
  'a parameter twice': /[?&](watch)(?:=[^&]*)?&(?:.*&)?\1(?:[=&]|$)/,
  'a parameter whose name is encoded': /%77atch|field%53elector/,
  'a parameter without a name': /[?&]=/,
  'an option that does not decode': /(?:limit|timeoutSeconds)=(?:x|&|$)/,
  'a selector that does not parse': /Selector=(?:a=b=c|!a=b|x>a)/,
  'an escaped selector': /metadata\.name=a%5C/,
  'two names of one object': /metadata\.name=b,metadata\.name=a/,
  'a watch that Go folds': /watch=fal%C5%BFe/,
  'a timeout that is none': /timeout=soon/,
  'the asterisk form': /^\*$/,
  'the authority form': /^kubernetes:443$/,
  'the absolute form': /^https?:\/\//,
  'nine kilobytes': /^.{9000,15000}$/s,
  'more than sixteen kilobytes': /^.{16385,}$/s,
};

/** All that must come up. */
export const KINDS: readonly string[] = [
  ...Object.keys(BRANCHES),
  ...Object.keys(TARGET_TRICKS),
  ...TRICKS.map(({ name }) => name),
];

/** What one exchange reached, by name. */
export function reached({ raw, ours }: Exchanged): string[] {
  const tricks = Object.entries(TARGET_TRICKS).filter(([, pattern]) => pattern.test(raw.target));
  const branches =
    ours?.kind === 'read' ? Object.entries(BRANCHES).filter(([, match]) => match(ours.request)) : [];
  return [raw.trick, raw.protocol, ...[...tricks, ...branches].map(([name]) => name)];
}
