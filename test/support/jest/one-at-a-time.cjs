/**
 * Runs the files of a project one after the other, when those of the other projects have ended: each of them keeps the whole
 * machine busy by itself. In a process of its own, as the others.
 */
'use strict';

const { default: TestRunner } = require('jest-runner');

module.exports = class OneAtATime extends TestRunner {
  constructor(globalConfig, context) {
    super({ ...globalConfig, maxWorkers: 1 }, context);
  }
};
