/**
 * Loaded by API and workers before themselves (`node --require`): small batches and chunks, and copies in parts of objects
 * that a test can afford, so that a job of some hundred tasks has all that a job of millions has.
 */
'use strict';

const path = require('node:path');
const { LIMITS } = require(path.resolve(__dirname, '..', '..', 'dist', 'contracts', 'limits.js'));

const MIB = 1024 * 1024;

Object.assign(LIMITS, {
  batchRows: 20,
  deleteBatchRows: 50,
  copyObjectBytesMax: 6 * MIB,
  copyPartBytesMin: 5 * MIB,
  copyPartBytesAimMax: 5 * MIB,
});
