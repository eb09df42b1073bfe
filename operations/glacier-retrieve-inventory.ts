import { z } from 'zod';
import { bucketOfArn } from '../contracts/arn';
import type { Task, TaskOutcome } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import { DAY_MS } from '../contracts/limits/units';
import { climbs } from '../contracts/object-key';
import { StoreError } from '../storage/store-error';
import type { VaultJob } from '../storage/vaults';
import { withFailedRows } from './common/failed-by';
import { defaultPlan } from './common/plan';
import { KEY_BYTES_MAX } from './common/target-key';
import { targetBucket } from './copying/copy-parameters';
import { defineOperation, NotYet, type OperationContext } from './operation';
import { InventoryFiles } from './vaults/inventory-files';
import { InventoryText } from './vaults/inventory-text';
import { LOOK_MS } from './vaults/retrieval-jobs';

const NAME = 'GlacierRetrieveInventory';
const MARK = 'drover ';
const RANGE_BYTES = 16 * 1024 * 1024;

const parameters = z.strictObject({
  TargetResource: targetBucket.describe('ARN of the bucket that receives the inventory.'),
  TargetKeyPrefix: z
    .string()
    .min(1)
    .max(KEY_BYTES_MAX - 100)
    .refine((prefix) => !climbs(prefix), 'must not climb above the target bucket')
    .describe('Folder of the inventory: its `manifest.json` is the manifest of jobs on the archives.'),
  LookSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe(`Seconds from one look at the inventory job to the next. Default ${LOOK_MS.Standard / 1_000}.`),
});

type Parameters = z.infer<typeof parameters>;

/** Has the inventory of a vault made out, waits for it, and leaves it in a bucket as a source of jobs. */
export const retrieveInventory = defineOperation({
  name: NAME,
  summary: 'Retrieve the inventory of each Amazon Glacier vault as a manifest of its archives',
  call: 'Glacier ListJobs, InitiateJob, GetJobOutput; PutObject',
  reference: 'https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-inventory.html',
  success:
    "The inventory is below the prefix, in the form of an S3 inventory; the row's message has its manifest and what is in it.",
  rerun: 'Writes the same objects again. An inventory job that Drover has started within the last day is used.',
  parameters,
  examples: [
    {
      title: 'The inventory of the vault that the row names in the place of the bucket',
      parameters: { TargetResource: 'arn:aws:s3:::home', TargetKeyPrefix: 'inventories/photos' },
    },
  ],
  withParameters: (given) => ({
    // Rows of one batch would be vaults that write to one prefix.
    plan: defaultPlan(NAME, { batchRows: 1, batchTimeoutMs: LIMITS.copy.batchTimeoutMs }),
    buckets: { write: [bucketOfArn(given.TargetResource)] },
    isOfArchives: true,
    bind: (context) => withFailedRows((task, signal) => retrieve(given, context, task, signal)),
  }),
});

async function retrieve(
  given: Parameters,
  context: OperationContext,
  { bucket: vault }: Task,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const { vaults, jobId } = context;
  const lookMs = given.LookSeconds === undefined ? LOOK_MS.Standard : given.LookSeconds * 1_000;
  const bucket = bucketOfArn(given.TargetResource);
  const store = context.storeFor(bucket, 'write');
  const mark = `${MARK}${jobId}`;
  const job = newest(await vaults.listJobs(vault, { signal }), mark);
  if (job?.status === 'Failed') return failure('RetrievalFailed', job.statusMessage ?? 'the service does not say why');
  if (job?.status === 'Succeeded') {
    const prefix = given.TargetKeyPrefix.endsWith('/') ? given.TargetKeyPrefix : `${given.TargetKeyPrefix}/`;
    const files = new InventoryFiles({ store, bucket, prefix }, vault);
    const text = new InventoryText();
    for await (const piece of piecesOf(vaults, vault, job, signal)) await files.add(text.push(piece), signal);
    const inventoryAt = text.end();
    const manifest = await files.finish(inventoryAt, signal);
    const of = inventoryAt === undefined ? '' : ` of ${inventoryAt}`;
    const message = `${files.archives} archives${of}: s3://${bucket}/${manifest}`;
    return { status: 'succeeded', httpStatus: 200, message };
  }
  if (job === undefined) await begin(vaults, vault, mark, lookMs, signal);
  throw new NotYet('the inventory of the vault', lookMs);
}

async function begin(
  vaults: OperationContext['vaults'],
  vault: string,
  mark: string,
  lookMs: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    await vaults.startInventory(vault, mark, { signal });
  } catch (error) {
    // Whether it has begun is seen in the list of jobs.
    const isForNow = error instanceof StoreError && (error.storeDown ? error.answerLost : error.passes);
    if (!isForNow) throw error;
    throw new NotYet(`the service (${error.code}: ${error.message})`, lookMs);
  }
}

/** One that Drover has started: those of others may be of a part, or not JSON. A failed one counts for the job that started it. */
function newest(jobs: readonly VaultJob[], mark: string): VaultJob | undefined {
  const since = Date.now() - DAY_MS;
  const usable = jobs.filter(({ action, description, status, completedAt }) => {
    if (action !== 'InventoryRetrieval' || !description?.startsWith(MARK)) return false;
    return status === 'Failed' ? description === mark : (completedAt?.getTime() ?? Infinity) > since;
  });
  const rank = ({ status }: VaultJob): number => ['Failed', 'InProgress', 'Succeeded'].indexOf(status);
  const time = ({ createdAt }: VaultJob): number => createdAt?.getTime() ?? 0;
  return usable.sort((a, b) => rank(a) - rank(b) || time(a) - time(b)).at(-1);
}

/** In ranges where the size is told, so that a break costs one of them; else whole. */
async function* piecesOf(
  vaults: OperationContext['vaults'],
  vault: string,
  { jobId, inventoryBytes }: VaultJob,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  if (inventoryBytes === undefined || inventoryBytes <= RANGE_BYTES) {
    yield (await vaults.jobOutput(vault, jobId, undefined, { signal })).body;
    return;
  }
  for (let start = 0; start < inventoryBytes; start += RANGE_BYTES) {
    const end = Math.min(start + RANGE_BYTES, inventoryBytes);
    yield (await vaults.jobOutput(vault, jobId, { start, end }, { signal })).body;
  }
}

function failure(errorCode: string, message: string): TaskOutcome {
  return { status: 'failed', httpStatus: 502, errorCode, message };
}
