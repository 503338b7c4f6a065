import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { apiServerOf } from './api-server.ts';
import { type Choice, chooseContext } from './choose.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = (name: string, cluster: object = {}, user: object = { token: name }) => ({
  'current-context': name,
  contexts: [{ name, context: { cluster: name, user: name, namespace: `${name}-ns` } }],
  clusters: [{ name, cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
  users: [{ name, user }],
});
function write(name: string, contents: object | string): string {
  const path = join(folder, name);
  writeFileSync(path, typeof contents === 'string' ? contents : JSON.stringify(contents));
  return path;
}
const choose = (choice: Partial<Choice>) =>
  chooseContext({ path: undefined, context: undefined, environment: {}, ...choice });

describe('chooseContext', () => {
  it('takes the file that is named, before any in the environment', () => {
    const path = write('a', config('a'));
    const environment = { KUBECONFIG: write('b', config('b')) };
    expect(choose({ path, environment })).toMatchObject({
      context: 'a',
      namespace: 'a-ns',
      user: { folder },
    });
  });

  it('merges those of KUBECONFIG as kubectl does: the first to name something decides, absent files are passed over', () => {
    mkdirSync(join(folder, 'other'));
    const second = { ...config('b'), users: [...config('b').users, { name: 'a', user: { token: 'late' } }] };
    const files = ['absent', write('a', config('a')), write('other/b', second)];
    const environment = { KUBECONFIG: files.join(delimiter) };
    expect(choose({ environment })).toMatchObject({ context: 'a', user: { value: { token: 'a' } } });
    expect(choose({ environment, context: 'b' })).toMatchObject({
      context: 'b',
      cluster: { folder: join(folder, 'other') },
    });
  });

  it('does not mind what it does not need', () => {
    const odd = { ...config('a'), preferences: {}, users: [{ name: 'odd', user: 7 }, ...config('a').users] };
    expect(choose({ path: write('a', odd) })).toMatchObject({ context: 'a' });
  });

  it.each<[string, object | string, string | undefined, RegExp]>([
    [
      'no current context',
      { ...config('a'), 'current-context': '' },
      undefined,
      /current-context; name one with --context$/,
    ],
    ['a context that is not there', config('a'), 'b', /^--context: there is no context "b"; there are a$/],
    [
      'a user that is not there',
      { ...config('a'), users: [] },
      undefined,
      /names user "a", which is not there$/,
    ],
    ['a field of another type', config('a', { server: 7 }), undefined, /^kubeconfig: cluster "a": server /],
    ['what is no YAML', 'token: [s3cret\n', undefined, /is not YAML: see line \d+$/],
    ['a list', '- s3cret\n', undefined, /kubeconfig .*a: /],
  ])('%s is one line that quotes nothing', (_what, contents, context, line) => {
    const chosen = () => choose({ path: write('a', contents), context });
    expect(chosen).toThrow(UsageError);
    expect(chosen).toThrow(line);
    expect(chosen).not.toThrow(/s3cret|\n/);
  });
});

it('a kubeconfig that is nowhere is one line with every place looked at', () => {
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  expect(() => choose({ environment: { KUBECONFIG: [a, b].join(delimiter) } })).toThrow(
    new UsageError(`there is no kubeconfig at ${a} or ${b}; name one with --kubeconfig`),
  );
});

describe('apiServerOf', () => {
  const serverOf = (cluster: object) =>
    apiServerOf(choose({ path: write('a', config('a', cluster)) }).cluster);

  it('takes address, CA and name, the CA from data or a file beside the kubeconfig', () => {
    write('ca.crt', 'the CA');
    expect(serverOf({ 'certificate-authority': 'ca.crt' }).ca).toBe('the CA');
    const data = { 'certificate-authority-data': btoa('data'), 'certificate-authority': 'ca.crt' };
    expect(serverOf({ ...data, 'tls-server-name': 'kubernetes' })).toMatchObject({
      ca: 'data',
      serverName: 'kubernetes',
    });
    expect(serverOf({})).toEqual({ url: new URL('https://10.0.0.1:6443') });
  });

  it.each([
    [{ server: 'http://10.0.0.1' }, /^kubeconfig: cluster "a": server must be an https/],
    [{ 'insecure-skip-tls-verify': true }, /insecure-skip-tls-verify/],
    [{ 'proxy-url': 'http://proxy' }, /proxy-url is not supported/],
    [{ 'certificate-authority': 'absent' }, /certificate-authority absent cannot be read: ENOENT/],
  ])('refuses %j', (cluster, line) => {
    expect(() => serverOf(cluster)).toThrow(line);
  });
});
