import { z } from 'zod';
import { bucketOfArn } from '../contracts/arn';
import { SUCCESSFUL, type TaskOutcome } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import { RunningTreeHash } from '../storage/glacier/tree-hash';
import type { ObjectProperties } from '../storage/object-store';
import { withFailedRows } from './common/failed-by';
import { defaultPlan } from './common/plan';
import { refuseKeyConflict, targetKeyMembers } from './common/target-key';
import { targetBucket } from './copying/copy-parameters';
import { defineOperation, type OperationContext, type PerformTask } from './operation';
import { archiveOf } from './vaults/archive-row';
import { archiveKeyOf, type Home, isArchive, METADATA, objectAt } from './vaults/home';

const NAME = 'GlacierDeleteArchive';

const parameters = z
  .strictObject({
    TargetResource: targetBucket.describe('ARN of the bucket that the archives came home to.'),
    ...targetKeyMembers,
  })
  .superRefine(refuseKeyConflict);

type Parameters = z.infer<typeof parameters>;

/** Deletes archives that a finished job has brought home, each after its object was read and has the archive's tree hash. */
export const deleteArchive = defineOperation({
  name: NAME,
  summary: 'Delete each archive that came home from its Amazon Glacier vault, after a look at its bytes there',
  call: 'HeadObject, GetObject; Glacier DeleteArchive',
  reference: 'https://docs.aws.amazon.com/amazonglacier/latest/dev/deleting-an-archive.html',
  success: "The object's bytes were read and have the archive's tree hash, and the archive is deleted.",
  rerun: 'Reads the object again; an archive that is gone is a success.',
  parameters,
  examples: [
    {
      title: 'With the target of the job that retrieved them',
      parameters: { TargetResource: 'arn:aws:s3:::home', TargetKeyPrefix: 'vault' },
    },
  ],
  withParameters: (given) => ({
    plan: defaultPlan(NAME, { requestsInFlight: LIMITS.retrieval.atOnce, batchTimeoutMs: LIMITS.copy.batchTimeoutMs }),
    buckets: { read: [bucketOfArn(given.TargetResource)] },
    isOfArchives: true,
    takesSuccessesOf: 'GlacierRetrieveArchive',
    mustBeConfirmed: true,
    bind: (context) => withFailedRows(remover(given, context)),
  }),
});

function remover(given: Parameters, context: OperationContext): PerformTask {
  const { createdAt, vaults } = context;
  const bucket = bucketOfArn(given.TargetResource);
  const keyOf = archiveKeyOf(given, createdAt);
  return async (task, signal) => {
    const archive = archiveOf(task);
    const home = { store: context.storeFor(bucket, 'read'), bucket, key: keyOf(task) };
    const object = await objectAt(home, signal);
    if (object === undefined || !isArchive(object, archive)) return notHome(home);
    const expected = archive.treeHash ?? object.metadata[METADATA.treeHash];
    const found = await treeHashOf(home, object, signal);
    if (found !== expected) return otherBytes(home, found, expected);
    await vaults.deleteArchive(archive.vault, archive.archiveId, { signal });
    return SUCCESSFUL;
  };
}

/** All of it is read: what the store says of the object is not the object. */
async function treeHashOf(
  { store, bucket, key }: Home,
  { etag }: ObjectProperties,
  signal: AbortSignal,
): Promise<string> {
  const hash = new RunningTreeHash();
  const { body } = await store.readStream({ bucket, key }, { signal, ...(etag && { ifMatch: etag }) });
  for await (const piece of body) hash.update(piece);
  return hash.digest();
}

function notHome({ bucket, key }: Home): TaskOutcome {
  const message = `s3://${bucket}/${key} is not there, or is not this archive: the archive is left in its vault`;
  return { status: 'failed', httpStatus: 412, errorCode: 'NotHome', message };
}

function otherBytes({ bucket, key }: Home, found: string, expected: string | undefined): TaskOutcome {
  const message = `The SHA-256 tree hash of s3://${bucket}/${key} is ${found}, that of the archive ${expected ?? 'is not told'}: the archive is left in its vault`;
  return { status: 'failed', httpStatus: 412, errorCode: 'TreeHashMismatch', message };
}
