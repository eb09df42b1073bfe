/**
 * Goal: the rules about states that the API and the workflows derive from the table of transitions are those that
 * docs/understand/job-lifecycle.md promises. Method: the states for which each rule holds, written out.
 */
import {
  checkTransition,
  effectOf,
  hasWorkAhead,
  IllegalTransition,
  isTerminal,
  type RequestEffect,
  type StatusRequest,
} from '../../../contracts/engine/lifecycle';
import { JOB_STATUSES, type JobStatus } from '../../../contracts/job';

const ENDED = ['Complete', 'Cancelled', 'Failed'];
const ENDING = ['Completing', 'Cancelling', 'Failing'];

test('a job ends from its states of ending, and never leaves the ended ones', () => {
  expect(JOB_STATUSES.filter(isTerminal).sort()).toEqual([...ENDED].sort());
  expect(JOB_STATUSES.filter((status) => !hasWorkAhead(status)).sort()).toEqual([...ENDED, ...ENDING].sort());
});

test.each<[StatusRequest, RequestEffect, JobStatus[]]>([
  ['pause', 'changes', ['New', 'Preparing', 'Ready', 'Active']],
  ['pause', 'granted', ['Pausing', 'Paused']],
  ['resume', 'changes', ['New', 'Preparing', 'Ready', 'Pausing', 'Paused']],
  ['resume', 'granted', []],
  ['cancel', 'changes', ['New', 'Preparing', 'Suspended', 'Ready', 'Active', 'Pausing', 'Paused']],
  ['cancel', 'granted', ['Cancelling']],
  ['confirm', 'changes', ['Suspended']],
  ['confirm', 'granted', []],
])('%s: %s in %j', (request, effect, statuses) => {
  expect(JOB_STATUSES.filter((status) => effectOf(request, status) === effect)).toEqual(statuses);
});

test.each<[JobStatus, JobStatus]>([
  ['Complete', 'Failing'],
  ['Suspended', 'Active'],
  ['Active', 'Paused'],
  ['Completing', 'Cancelled'],
])('%s → %s is refused', (from, to) => {
  expect(() => checkTransition(from, to)).toThrow(IllegalTransition);
});

test('a state can follow another by the table, and itself', () => {
  expect(() => checkTransition('Active', 'Pausing')).not.toThrow();
  expect(() => checkTransition('Active', 'Active')).not.toThrow();
});
