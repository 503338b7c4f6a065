// Two suites: `unit` needs nothing but Node; `cluster` shares one real cluster, a namespace a file.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            'dist/**',
            'test/e2e/**',
            'test/{adversarial,cluster,differential}/**',
            'test/fault/**',
          ],
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/{e2e,adversarial,cluster,differential,fault}/**/*.test.ts'],
          globalSetup: ['test/suite-cluster.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
