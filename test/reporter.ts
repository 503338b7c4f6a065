// The last word of a test run: one line for whoever counts, and every skipped test by name, because a test that did not run
// proves nothing.
import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node';

export default class Totals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const of = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const skipped = of('skipped');
    // A file that cannot be loaded and an error outside every test have no test to be counted by.
    const broken = modules.filter(
      (module) => module.state() === 'failed' && module.errors().length > 0,
    ).length;
    const failed = of('failed').length + broken + errors.length;
    for (const test of skipped) {
      const result = test.result();
      const note = 'note' in result && result.note ? `: ${result.note}` : '';
      process.stdout.write(`skipped: ${test.fullName}${note}\n`);
    }
    if (reason === 'interrupted') process.stdout.write('the run was interrupted\n');
    const more = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
    process.stdout.write(`${of('passed').length} passed, ${failed} failed${more}\n`);
  }
}
