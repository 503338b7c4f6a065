import { expect, test } from 'vitest';
import { readPortStream } from './port-stream.ts';

const read = (headers: Record<string, string>, id = 7) =>
  readPortStream(id, new Map(Object.entries(headers)));

test('a stream is one half of a connection to a port', () => {
  expect(read({ streamtype: 'error', port: '1', requestid: '0' })).toEqual({
    half: 'error',
    port: 1,
    request: '0',
  });
  expect(read({ requestid: 'a-b', port: '65535', streamtype: 'data' })).toEqual({
    half: 'data',
    port: 65535,
    request: 'a-b',
  });
});

test('where no request is named, the data stream is of the error stream before it', () => {
  expect(read({ streamtype: 'error', port: '80' }, 5)?.request).toBe('5');
  expect(read({ streamtype: 'data', port: '80' }, 7)?.request).toBe('5');
});

test.each([
  ['without a type', { port: '80', requestid: '0' }],
  ['of a command', { streamtype: 'stdin', port: '80', requestid: '0' }],
  ['without a port', { streamtype: 'data', requestid: '0' }],
  ['to port 0', { streamtype: 'data', port: '0', requestid: '0' }],
  ['to a port beyond 65535', { streamtype: 'data', port: '65536', requestid: '0' }],
  ['to a port in other digits', { streamtype: 'data', port: '080', requestid: '0' }],
  ['to a port with a sign', { streamtype: 'data', port: '+80', requestid: '0' }],
  ['to a port by name', { streamtype: 'data', port: 'http', requestid: '0' }],
  ['of an empty request', { streamtype: 'data', port: '80', requestid: '' }],
  ['of a request with a blank', { streamtype: 'data', port: '80', requestid: '0 1' }],
  ['of a request longer than 64', { streamtype: 'data', port: '80', requestid: '0'.repeat(65) }],
  ['with another header', { streamtype: 'data', port: '80', requestid: '0', host: 'x' }],
])('a stream %s is none', (_what, headers) => {
  expect(read(headers as Record<string, string>)).toBeUndefined();
});
