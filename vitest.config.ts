// Three suites: `unit` needs nothing but Node; `cluster` shares one real cluster, a namespace a file; `long` is the same for
// what takes minutes (npm run test:long).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/reporter.ts'],
    // Tests of a cluster wait more than they work: on two cores one worker would leave one idle.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          // No test waits for this long: properties and processes of their own take theirs on a busy machine.
          testTimeout: 30_000,
          include: ['**/*.test.ts'],
          exclude: [
            '**/node_modules/**',
            'dist/**',
            'test/e2e/**',
            'test/{adversarial,cluster,differential}/**',
            'test/{fault,fuzz,long}/**',
          ],
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/{e2e,adversarial,cluster,differential,fault,fuzz}/**/*.test.ts'],
          globalSetup: ['test/suite-cluster.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          globalSetup: ['test/suite-cluster.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
