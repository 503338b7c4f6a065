import { expect, test } from 'vitest';
import { pathClosure } from './closed-paths.ts';

test.each([
  '/logs',
  '/logs/kubernetes/audit/audit.log',
  '/debug/pprof/heap',
  '/debug/flags/v',
  '/configz',
  '/flagz',
  '/statusz',
])('%s is closed unless a rule names it', (path) => {
  expect(pathClosure(path)?.openness).toBe('named');
});

test.each(['/', '/metrics', '/healthz', '/livez/ping', '/version', '/logsx', '/x/logs'])(
  '%s is left to the rules',
  (path) => {
    expect(pathClosure(path)).toBeUndefined();
  },
);
