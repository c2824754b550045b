/**
 * Ends a test run with one plain line, `N passed, N failed` (and `, N skipped`), that machines can read.
 * @implements {import('vitest/reporters').Reporter}
 */
export default class ClosingLineReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const count = { passed: 0, failed: 0, skipped: 0 }
    let brokenModules = 0
    for (const testModule of testModules) {
      for (const test of testModule.children.allTests()) {
        const { state } = test.result()
        if (state in count) count[state] += 1
      }
      // A module that could not be loaded, or a failed hook, has no failed test of its own.
      if (testModule.state() === 'failed' && testModule.errors().length > 0) brokenModules += 1
    }
    const failed = count.failed + brokenModules + unhandledErrors.length
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
    process.on('exit', () => process.stdout.write(`${count.passed} passed, ${failed} failed${skipped}\n`))
  }
}
