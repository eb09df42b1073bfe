/**
 * Prints `N passed, N failed` alone on the very last line of a run, for scripts. A test file that could not run counts as one
 * failed test. Plain JavaScript: jest loads reporters without the project's transform.
 */
'use strict';

const fs = require('node:fs');

class TallyReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const line = `${results.numPassedTests} passed, ${failed} failed\n`;
    // Jest's own summary and the teardown of the servers come after the reporters.
    process.once('exit', () => writeAll(line));
  }
}

/** A pipe that is full refuses for a moment. */
function writeAll(text) {
  for (;;) {
    try {
      fs.writeSync(1, text);
      return;
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

module.exports = TallyReporter;
