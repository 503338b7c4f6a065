// The last word of a test run: one line for whoever counts, every skipped test by name, because a test that did not run
// proves nothing, and every hidden value that the run showed to someone.
import { dirname } from 'node:path';
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node';
import { gatherLogs } from './search/logs.ts';
import { endSearch } from './search/run.ts';
import { SEARCH_FOLDER } from './search/seeds.ts';

export default class Totals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const of = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const skipped = of('skipped');
    // A file that cannot be loaded and an error outside every test have no test to be counted by.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && module.errors().length > 0,
    ).length;
    const failed = of('failed').length + broken + errors.length + this.#shown();
    for (const test of skipped) {
      const result = test.result();
      const note = 'note' in result && result.note ? `: ${result.note}` : '';
      process.stdout.write(`skipped: ${test.fullName}${note}\n`);
    }
    if (reason === 'interrupted') process.stdout.write('the run was interrupted\n');
    const more = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
    process.stdout.write(`${of('passed').length} passed, ${failed} failed${more}\n`);
  }

  /** How often the search of the run (search/) found what must not be; 0 where there was no cluster to search. */
  #shown(): number {
    const search = process.env[SEARCH_FOLDER];
    if (search === undefined) return 0;
    const fail = (faults: readonly string[]): number => {
      for (const fault of faults) process.stdout.write(`${fault}\n`);
      if (faults.length > 0) process.exitCode = 1;
      return faults.length;
    };
    try {
      gatherLogs(search, dirname(search));
      const { faults, seeds, streams, bytes } = endSearch(search);
      const looked = `${streams} streams with ${Math.ceil(bytes / 1e6)} MB for ${seeds} hidden values`;
      process.stdout.write(`searched ${looked}: ${faults.length} found\n`);
      return fail(faults);
    } catch (error) {
      return fail([`what the run showed could not be searched: ${error}`]);
    }
  }
}
