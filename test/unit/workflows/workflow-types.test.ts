/**
 * Goal: every workflow can be started under its name, and no name is without a workflow. Method: the names that clients and
 * parents use are compared with what the bundle exports.
 */
import { WORKFLOW_TYPES } from '../../../contracts/engine/naming';
import * as workflows from '../../../workflows';

test('the bundle exports the workflows that are named', () => {
  expect(Object.keys(workflows).sort()).toEqual(Object.values(WORKFLOW_TYPES).sort());
});
