/**
 * Loaded by API and workers before themselves (`node --require`): small batches and chunks, and copies in parts of objects
 * that a test can afford, so that a job of some hundred tasks has all that a job of millions has.
 */
'use strict';

const path = require('node:path');
const { LIMITS } = require(path.resolve(__dirname, '..', '..', 'dist', 'contracts', 'limits', 'index.js'));

const MIB = 1024 * 1024;

Object.assign(LIMITS.batch, { rows: 20 });
Object.assign(LIMITS.deletes, { batchRows: 50 });
Object.assign(LIMITS.copy, { objectBytesMax: 6 * MIB, partBytesMin: 5 * MIB, partBytesAimMax: 5 * MIB });
