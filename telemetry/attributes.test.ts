import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { CALL_ATTRIBUTES, callAttributes, callName, RESOURCE_ATTRIBUTES } from './attributes.ts';

it('documents every attribute, and documents none that is not there', async () => {
  const page = await readFile(new URL('../docs/telemetry.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| `([a-z0-9_.]+)` +\|/gm)].map(([, name]) => name);
  const names = [...Object.values(CALL_ATTRIBUTES), ...Object.values(RESOURCE_ATTRIBUTES)];
  expect(documented.toSorted()).toEqual(names.toSorted());
});

it('gives each fact a name of its own', () => {
  const names = Object.values(CALL_ATTRIBUTES);
  expect(new Set(names).size).toBe(names.length);
});

it('leaves out what is not known, and keeps what is empty, false or zero', () => {
  expect(callAttributes({ apiGroup: '', reveal: false, masked: 0, task: undefined })).toEqual({
    'chaperone.request.api_group': '',
    'chaperone.reveal': false,
    'chaperone.masked_values': 0,
  });
});

it.each([
  [{ verb: 'get', resource: 'secrets', name: 'web' }, 'get secrets'],
  [{ verb: 'create', resource: 'pods', subresource: 'exec' }, 'create pods/exec'],
  [{ verb: 'get', method: 'GET', path: '/version' }, 'GET'],
  [{ method: 'GET' }, 'malformed'],
])('names a span for what kind of call it was: %j', (facts, name) => {
  expect(callName(facts)).toBe(name);
});
