import { z } from 'zod';
import { bucketOfArn } from '../contracts/arn';
import { SUCCESSFUL, type Task, type TaskOutcome } from '../contracts/engine/outcome';
import type { PlannedRetrieval } from '../contracts/engine/plan';
import { LIMITS } from '../contracts/limits';
import { StoreError } from '../storage/store-error';
import type { RetrievalTier, VaultJob } from '../storage/vaults';
import { failedBy, withFailedRows } from './common/failed-by';
import { storageClass } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { refuseKeyConflict, targetKeyMembers } from './common/target-key';
import { targetBucket } from './copying/copy-parameters';
import { defineOperation, NotYet, type OperationContext } from './operation';
import { archiveOf, type ArchiveRow } from './vaults/archive-row';
import { bringHome, type Delivery, TreeHashMismatch } from './vaults/bring-home';
import { archiveKeyOf, type Home, isArchive, objectAt } from './vaults/home';
import { LOOK_MS, RetrievalJobs } from './vaults/retrieval-jobs';
import { pricesProblem, rateMembers, rateOf } from './vaults/retrieval-rate';

const NAME = 'GlacierRetrieveArchive';

const TIERS = { EXPEDITED: 'Expedited', STANDARD: 'Standard', BULK: 'Bulk' } as const;

const parameters = z
  .strictObject({
    TargetResource: targetBucket.describe('ARN of the bucket that receives the archives.'),
    ...targetKeyMembers,
    StorageClass: storageClass.optional().describe("Storage class of the new objects. Absent: the store's default."),
    GlacierJobTier: z
      .enum(['EXPEDITED', 'STANDARD', 'BULK'])
      .optional()
      .describe('Retrieval tier: minutes, 3 to 5 hours, 5 to 12 hours. Default STANDARD.'),
    ...rateMembers,
    LookSeconds: z
      .int()
      .min(1)
      .max(86_400)
      .optional()
      .describe('Seconds from one look at the retrieval jobs to the next. Default 60, 900 or 1800, by tier.'),
  })
  .superRefine((given, context) => {
    refuseKeyConflict(given, context);
    const priceProblem = pricesProblem(given);
    if (priceProblem) context.addIssue({ code: 'custom', path: [priceProblem[0]], message: priceProblem[1] });
  });

type Parameters = z.infer<typeof parameters>;

/**
 * Brings archives of a vault of Amazon Glacier into a bucket: starts their retrieval at a bounded rate, looks from time to time
 * which are ready, reads each in ranges that are held to their tree hashes, and stores it. What has been started and is ready
 * is told by the vault's own list of jobs, so that a batch needs no memory while it waits.
 */
export const retrieveArchive = defineOperation({
  name: NAME,
  summary: 'Retrieve each archive of an Amazon Glacier vault into a bucket',
  call: 'Glacier ListJobs, InitiateJob, GetJobOutput; PutObject or a multipart upload',
  reference: 'https://docs.aws.amazon.com/amazonglacier/latest/dev/downloading-an-archive-two-steps.html',
  success: 'The object is stored under its target key, and its bytes have the SHA-256 tree hash of the archive.',
  rerun:
    'An archive that is there already is a success, by its id, tree hash and size beside the object. A retrieval that is in flight or ready is used, whoever has started it; an upload goes on with the parts that are there.',
  parameters,
  examples: [
    {
      title: 'Into a folder of a bucket',
      parameters: { TargetResource: 'arn:aws:s3:::home', TargetKeyPrefix: 'vault' },
    },
    {
      title: 'Cheaply: in bulk, 100 GB an hour, at once into a class for archives',
      parameters: {
        TargetResource: 'arn:aws:s3:::home',
        TargetKey: '{bucket}/{key}',
        GlacierJobTier: 'BULK',
        MaxBytesPerHour: 100_000_000_000,
        StorageClass: 'DEEP_ARCHIVE',
      },
    },
  ],
  withParameters: (given) => ({
    plan: defaultPlan(NAME, {
      batchRows: LIMITS.retrieval.batchRows,
      requestsInFlight: LIMITS.retrieval.atOnce,
      batchTimeoutMs: LIMITS.copy.batchTimeoutMs,
      chunksInFlight: 1,
      batchesInFlight: 1,
      retrieval: retrievalOf(given),
    }),
    buckets: { write: [bucketOfArn(given.TargetResource)] },
    isOfArchives: true,
    bind(context) {
      const retrievals = new Retrievals(given, context);
      return withFailedRows((task, signal) => retrievals.perform(task, signal));
    },
    bindResult({ createdAt }) {
      const keyOf = archiveKeyOf(given, createdAt);
      const bucket = bucketOfArn(given.TargetResource);
      return (task) => ({ bucket, key: keyOf(task), manifestKey: task.manifestKey, row: task.row });
    },
  }),
});

/** Developer guide, "Archive Retrieval Options": 1 to 5 minutes, 3 to 5 hours, 5 to 12 hours. */
const HOURS_MAX = { EXPEDITED: 5 / 60, STANDARD: 5, BULK: 12 } as const;

function retrievalOf({ GlacierJobTier: tier = 'STANDARD' }: Parameters): PlannedRetrieval {
  return { service: 'glacier', tier, requestsPerObject: 1, hoursMax: HOURS_MAX[tier] };
}

/** The retrievals of one attempt of a batch. */
class Retrievals {
  private readonly listed = new Map<string, Promise<RetrievalJobs>>();
  private readonly keyOf: (task: Task) => string;
  private readonly tier: RetrievalTier;
  private readonly lookMs: number;
  private readonly mark: string;

  constructor(
    private readonly given: Parameters,
    private readonly context: OperationContext,
  ) {
    this.keyOf = archiveKeyOf(given, context.createdAt);
    this.tier = TIERS[given.GlacierJobTier ?? 'STANDARD'];
    this.lookMs = given.LookSeconds === undefined ? LOOK_MS[this.tier] : given.LookSeconds * 1_000;
    this.mark = `drover ${context.jobId}`;
  }

  async perform(task: Task, signal: AbortSignal): Promise<TaskOutcome> {
    const archive = archiveOf(task);
    const bucket = bucketOfArn(this.given.TargetResource);
    const home = { store: this.context.storeFor(bucket, 'write'), bucket, key: this.keyOf(task) };
    const jobs = await this.jobsOf(archive.vault, signal);
    const job = jobs.of(archive.archiveId);
    if (job?.status === 'InProgress') throw this.notYet('their retrieval');
    if (job?.status === 'Failed') return retrievalFailed(job);
    const there = await outcomeAt(home, archive, signal);
    if (there) return there;
    if (job === undefined) return this.start(archive, jobs, signal);
    try {
      return await this.deliver(task, archive, job, home, signal);
    } catch (error) {
      if (!isGone(error)) throw error;
      jobs.forget(archive.archiveId);
      return this.start(archive, jobs, signal);
    }
  }

  /** Listed once in an attempt. */
  private jobsOf(vault: string, signal: AbortSignal): Promise<RetrievalJobs> {
    let jobs = this.listed.get(vault);
    if (!jobs) {
      jobs = RetrievalJobs.listed(this.context.vaults, vault, this.mark, rateOf(this.given), signal);
      this.listed.set(vault, jobs);
    }
    return jobs;
  }

  private async start(archive: ArchiveRow, jobs: RetrievalJobs, signal: AbortSignal): Promise<never> {
    const { vault, archiveId, bytes } = archive;
    const { MaxBytesPerHour, MaxCostPerHour } = this.given;
    if (bytes === undefined && (MaxBytesPerHour ?? MaxCostPerHour) !== undefined) throw sizeNeeded();
    const refusal = jobs.take(bytes ?? 0);
    if (refusal !== undefined) throw this.notYet(refusal);
    try {
      const retrieval = { archiveId, tier: this.tier, description: this.mark };
      await this.context.vaults.startArchiveRetrieval(vault, retrieval, { signal });
    } catch (error) {
      const { closes, text } = refusedForNow(error);
      if (closes) jobs.close(text);
      throw this.notYet(text);
    }
    throw this.notYet('their retrieval');
  }

  private notYet(what: string): NotYet {
    return new NotYet(what, this.lookMs);
  }

  private async deliver(
    task: Task,
    archive: ArchiveRow,
    job: VaultJob,
    home: Home,
    signal: AbortSignal,
  ): Promise<TaskOutcome> {
    const { archiveBytes, archiveTreeHash, jobId: retrievalId } = job;
    // No archive has no bytes: a zero says that nothing is told.
    const bytes = archiveBytes || archive.bytes;
    const treeHash = archiveTreeHash ?? archive.treeHash;
    if (bytes === undefined || treeHash === undefined) return notTold(bytes === undefined ? 'size' : 'tree hash');
    if (archive.treeHash !== undefined && archive.treeHash !== treeHash) {
      return contradiction(archive.treeHash, treeHash);
    }
    const { context } = this;
    const { StorageClass } = this.given;
    const delivery = { context, task, archive, retrievalId, bytes, treeHash, home, storageClass: StorageClass };
    try {
      await bringHome(delivery, signal);
      return SUCCESSFUL;
    } catch (error) {
      if (error instanceof TreeHashMismatch) return keptAside(delivery, error, signal);
      if (!(error instanceof StoreError) || error.httpStatus !== 412) throw error;
      // The answer to a former attempt was lost, or another row has the same key.
      return (await outcomeAt(home, archive, signal)) ?? failedBy(error);
    }
  }
}

/** What the object under the target key makes of a task; undefined when there is none. */
async function outcomeAt(home: Home, archive: ArchiveRow, signal: AbortSignal): Promise<TaskOutcome | undefined> {
  const there = await objectAt(home, signal);
  if (there === undefined) return undefined;
  if (isArchive(there, archive)) return SUCCESSFUL;
  return failure(412, 'KeyTaken', `Another object has the key ${home.key}: it is left, and the archive is not read`);
}

/** Neither thrown away nor under the key where the archive is looked for. */
async function keptAside(delivery: Delivery, { message }: TreeHashMismatch, signal: AbortSignal): Promise<TaskOutcome> {
  const home = { ...delivery.home, key: `${delivery.home.key}.tree-hash-mismatch` };
  await bringHome({ ...delivery, home, unchecked: true }, signal);
  return failure(502, 'TreeHashMismatch', `${message}. What came is kept as ${home.key}`);
}

function retrievalFailed({ jobId, statusMessage = 'the service does not say why' }: VaultJob): TaskOutcome {
  return failure(502, 'RetrievalFailed', `The retrieval job ${jobId} failed: ${statusMessage}`);
}

function notTold(what: string): TaskOutcome {
  return failure(502, 'InvalidAnswer', `Neither the retrieval job nor the row tells the ${what} of the archive`);
}

function contradiction(ofRow: string, ofJob: string): TaskOutcome {
  return failure(502, 'TreeHashMismatch', `By the row the archive's tree hash is ${ofRow}, by its retrieval ${ofJob}`);
}

function sizeNeeded(): StoreError {
  return new StoreError(
    'InvalidRequest',
    400,
    'The row does not tell the size of its archive, which MaxBytesPerHour and MaxCostPerHour need',
  );
}

function failure(httpStatus: number, errorCode: string, message: string): TaskOutcome {
  return { status: 'failed', httpStatus, errorCode, message };
}

/** The output was there when the jobs were listed, and is not any more. */
function isGone(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'ResourceNotFoundException';
}

/** What is not about this archive: it is asked for again at the next look. Throws everything else. */
function refusedForNow(error: unknown): { readonly text: string; readonly closes: boolean } {
  if (!(error instanceof StoreError)) throw error;
  // Whether it has begun is seen in the list of jobs.
  if (error.storeDown && error.answerLost) return { text: 'an answer that was lost', closes: false };
  if (error.storeDown) throw error;
  const isForNow = error.passes || error.code === 'PolicyEnforcedException';
  if (!isForNow) throw error;
  return { text: `the service (${error.code}: ${error.message})`, closes: true };
}
