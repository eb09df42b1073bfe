import { type BenchStack, STUB_BUCKETS, withStack } from '../harness';
import { putManifest } from '../objects';
import { atLeast, atMost, type BenchPart, type Context, number, type PartResult } from '../part';
import { LARGE_OBJECT_BYTES, PART_COPY_MS, type StubCounts } from '../tools/stubs/whole-stub-answers';
import { JobRunner } from './jobs';

/** The share of an object's parts that the store has at the same time. */
const SHARE_IN_FLIGHT = 0.9;
/** The whole copy in times of one part: all of them side by side take little more. */
const TIMES_ONE_PART = 3;

/** An object that is too large for CopyObject, against a store that takes its time for each part. */
export const large: BenchPart = {
  name: 'large',
  summary: 'copy of an object of 20 GiB in parts, against a store that takes half a second for each',
  run: (context) => withStack(context, { stub: 'whole' }, (stack) => measure(context, stack)),
};

async function measure({ lifetime }: Context, stack: BenchStack): Promise<PartResult> {
  const runner = new JobRunner(stack);
  const element = { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${STUB_BUCKETS.target}` } };
  try {
    const small = await putManifest(stack.storeConfig, STUB_BUCKETS.source, 1);
    await runner.runOperation(element, small);
    const manifest = await putManifest(stack.storeConfig, STUB_BUCKETS.source, 1, () => 'large/cow.bin');
    const before = await stubCounts(stack);
    const job = await runner.runOperation(element, manifest);
    const after = await stubCounts(stack);
    const parts = after.partsCopied - before.partsCopied;
    lifetime.say(`large: ${String(parts)} parts in ${number(job.activeSeconds, 2)} s`);
    return {
      tables: [
        {
          title: `one object of ${number(LARGE_OBJECT_BYTES / 1024 ** 3)} GiB, ${String(PART_COPY_MS)} ms a part`,
          columns: ['', ''],
          rows: [
            ['parts', number(parts)],
            ['at the same time', number(after.partsInFlightMax)],
            ['seconds Active', number(job.activeSeconds, 2)],
            ['one after the other they would take', `${number((parts * PART_COPY_MS) / 1_000)} s`],
          ],
        },
      ],
      goals: [
        atLeast('parts at the same time', after.partsInFlightMax, Math.ceil(parts * SHARE_IN_FLIGHT), ''),
        atMost('time of the copy', job.activeSeconds, (TIMES_ONE_PART * PART_COPY_MS) / 1_000, 's', 2),
      ],
      notes: [
        `the stub is ${stack.stub ?? ''}; the first CopyObject, which it refuses, and a HEAD are part of the time`,
      ],
      data: { parts, ...after, activeSeconds: job.activeSeconds, totalSeconds: job.totalSeconds },
    };
  } finally {
    runner.close();
  }
}

export async function stubCounts({ config }: Pick<BenchStack, 'config'>): Promise<StubCounts> {
  const [store] = config.stores;
  const answer = await fetch(`${store?.endpoint ?? ''}/stub-counts`);
  return (await answer.json()) as StubCounts;
}
