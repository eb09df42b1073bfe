/**
 * The file that waits longest – for workers to be missed, again and again – begins first: beside it the others keep the machine
 * busy, and it is not left alone at the end. The rest comes in Jest's own order.
 */
'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

const LONGEST = '/test/stack/interrupted/interrupted.test.ts';

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (path.endsWith(LONGEST) ? 0 : 1);
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
};
