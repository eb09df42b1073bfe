/** Goal: the time line of a job has each state once, in order, for as long as it lasted. Method: jobs as the API tells of them. */
import { sharesOf, spansOf } from '../../../console/pages/job/spans';

const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-12-01T10:00:00.000Z');
const at = (minutes: number): string => new Date(START_MS + minutes * MINUTE_MS).toISOString();

test('a job that runs is in its last state until now', () => {
  const states = [
    { status: 'Preparing', at: at(1) },
    { status: 'Active', at: at(2) },
  ] as const;
  const spans = spansOf({ createdAt: at(0), status: 'Active', states: [...states] });
  expect(spans).toEqual([
    { status: 'New', fromMs: START_MS, untilMs: START_MS + MINUTE_MS },
    { status: 'Preparing', fromMs: START_MS + MINUTE_MS, untilMs: START_MS + 2 * MINUTE_MS },
    { status: 'Active', fromMs: START_MS + 2 * MINUTE_MS },
  ]);
  expect(sharesOf(spans, START_MS + 4 * MINUTE_MS).map(({ share }) => share)).toEqual([0.25, 0.25, 0.5]);
});

test('a job that has ended stands still', () => {
  const states = [
    { status: 'Active', at: at(1) },
    { status: 'Complete', at: at(4) },
  ] as const;
  const spans = spansOf({ createdAt: at(0), status: 'Complete', terminatedAt: at(4), states: [...states] });
  const shares = sharesOf(spans, START_MS + 1e9);
  expect(shares.map(({ span, share }) => [span.status, share])).toEqual([
    ['New', 0.25],
    ['Active', 0.75],
  ]);
});

test('a job of a former version tells when it waited and when it ended', () => {
  const spans = spansOf({ createdAt: at(0), status: 'Failed', suspendedAt: at(1), terminatedAt: at(2) });
  expect(spans.map(({ status }) => status)).toEqual(['New', 'Suspended', 'Failed']);
  expect(sharesOf(spansOf({ createdAt: at(0), status: 'New' }), START_MS)).toEqual([
    { span: { status: 'New', fromMs: START_MS }, share: 0 },
  ]);
});
