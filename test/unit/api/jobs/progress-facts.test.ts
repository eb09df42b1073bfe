/**
 * Goal: whoever is asked, the numbers that are shown next are never below those that were shown before. Method: a model of a job
 * at a Temporal server, in which all that takes time is a step of its own; workers die, batches are retried, interrupted and
 * recovered, chunks continue as new, people change their minds, between any two questions of a reader. Readers are new ones, with
 * no memory of what was shown, or two that take turns; they describe, or list from a record that may be old.
 */
import fc from 'fast-check';
import type { JobProgress, JobRecord } from '../../../../api/jobs/job-view';
import { JobProgressReader } from '../../../../api/jobs/workspace/job-progress';
import { isTerminal } from '../../../../contracts/engine/lifecycle';
import { executed } from '../../../../contracts/engine/outcome';
import { NOW } from '../fake-gateway';
import { ALL_ROWS } from './progress-model/execution';
import { type Draw, World } from './progress-model/world';

const LOOKS = 40;

/** Mulberry32: the same numbers for the same seed. */
function drawing(seed: number): Draw {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

async function expectNeverBack(draw: Draw, fresh: boolean): Promise<void> {
  const world = new World(draw);
  let now = NOW;
  const newReader = () =>
    new JobProgressReader(
      world,
      world.flushedTally,
      () => now,
      () => Promise.resolve(),
    );
  const both = [newReader(), newReader()];
  let stale: JobRecord = world.recordNow;
  let shown: JobProgress | undefined;
  const look = async (index: number): Promise<JobProgress> => {
    now += 1_000;
    const reader = fresh ? newReader() : both[index % 2]!;
    if (draw(3) > 0) return (await reader.view(await world.record())).progress;
    const [listed] = await reader.page([stale]);
    return listed!.progress;
  };
  for (let index = 0; index < LOOKS; index += 1) {
    for (let steps = draw(30); steps > 0; steps -= 1) world.step();
    if (draw(3) === 0) world.mishap();
    if (draw(4) === 0) stale = world.recordNow;
    const next = await look(index);
    expectAfter(next, shown);
    shown = next;
  }
  world.finish();
  const end = await look(LOOKS);
  expectAfter(end, shown);
  expect(isTerminal(world.job.memo.status)).toBe(true);
  if (world.job.memo.status === 'Complete') expect(executed(end)).toBe(ALL_ROWS);
}

function expectAfter(next: JobProgress, before: JobProgress | undefined): void {
  const { succeeded, failed } = next;
  const all = executed(next);
  expect(all).toBeLessThanOrEqual(ALL_ROWS);
  if (before === undefined) return;
  expect({ succeeded, failed, all }).toEqual({
    succeeded: Math.max(succeeded, before.succeeded),
    failed: Math.max(failed, before.failed),
    all: Math.max(all, executed(before)),
  });
}

test.each([
  ['new readers', true],
  ['two readers by turns', false],
])('the numbers never run backwards: %s', async (_name, fresh) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), (seed) => expectNeverBack(drawing(seed), fresh)),
    { numRuns: 60 },
  );
});
