// @ts-check
/**
 * A reporter of vitest: writes how many tests passed and what failed to the file that `SIGNALBOX_TEST_REPORT` names.
 * vitest's own JSON report leaves out what fails outside of a test: a set-up of a group, an error that nobody handled.
 */
import { writeFileSync } from 'node:fs';
import { firstLine, place } from './failed-tests.mjs';

/**
 * What the file says.
 *
 * @typedef {object} Report
 * @property {import('./stages.mjs').Counts} counts
 * @property {import('./failed-tests.mjs').Failure[]} failures
 */

// biome-ignore lint/style/noDefaultExport: vitest makes one of the default export.
export default class FailedTestsReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly import('vitest').SerializedError[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    const file = process.env.SIGNALBOX_TEST_REPORT;
    if (!file) return;
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const test of modules.flatMap((module) => [...module.children.allTests()])) {
      const { state } = test.result();
      counts[state === 'pending' ? 'skipped' : state] += 1;
    }
    const failures = [...modules.flatMap(failedIn), ...unhandled.map((error) => failure('', 'an error that nobody handled', error))];
    writeFileSync(file, JSON.stringify({ counts, failures }));
  }
}

/**
 * @param {import('vitest/node').TestModule} module
 * @returns {import('./failed-tests.mjs').Failure[]}
 */
function failedIn(module) {
  const file = place(module.moduleId);
  const tests = [...module.children.allTests('failed')].map((test) => failure(file, test.fullName, test.result().errors?.[0]));
  const groups = [...module.children.allSuites()].flatMap((suite) =>
    suite.errors().map((error) => failure(file, `${suite.fullName} (set-up or tear-down)`, error)),
  );
  const whole = module.errors().map((error) => failure(file, 'the file itself', error));
  const unfinished = module.state() === 'pending' || module.state() === 'queued';
  return [...tests, ...groups, ...whole, ...(unfinished ? [failure(file, 'the file did not finish')] : [])];
}

/**
 * @param {string} file
 * @param {string} title
 * @param {{ message: string }} [error]
 * @returns {import('./failed-tests.mjs').Failure}
 */
function failure(file, title, error) {
  return { file, title, error: firstLine(error?.message) };
}
