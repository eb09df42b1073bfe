/**
 * Files that mostly wait – for a worker to be missed, for a store to be up again – begin first: beside them the others keep the
 * machine busy, and none of them is left alone at the end. The rest comes in Jest's own order.
 */
'use strict';

const { default: Sequencer } = require('@jest/test-sequencer');

const LONGEST = ['interrupted', 'killed-preparing', 'kill', 'official-clients', 'killed-pipeline'].map(
  (name) => `/test/stack/${name}.test.ts`,
);

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONGEST.findIndex((name) => path.endsWith(name));
      return index === -1 ? LONGEST.length : index;
    };
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
};
