/**
 * Goal: a copy in parts outlives whatever happens in its middle, goes on from the parts that are there, and leaves no upload
 * behind. Method: real workers, Temporal and SeaweedFS behind a proxy that has Amazon S3's limit of CopyObject, lowered, and
 * stops the copy at a given request; then the store, the proxy's record and the report are compared with what should be.
 */
import { randomBytes } from 'node:crypto';
import { CopyObjectCommand, GetObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { Client, Connection } from '@temporalio/client';
import { ApiClient } from '../../../cli/api-client';
import { chunkWorkflowId } from '../../../contracts/engine/naming';
import { LIMITS } from '../../../contracts/limits';
import { eventually } from '../../support/eventually';
import { type SeenCall, type SizeWallProxy, startSizeWallProxy } from '../../support/servers/size-wall-proxy';
import { type DroverStack, startDroverStack, testStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { jobRequest, plainManifest, reaches, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

const PART = LIMITS.copy.partBytesMin;
/** Five parts, the last one small. */
const SIZE = 4 * PART + 1024 * 1024;
const ID = randomBytes(4).toString('hex');
const [SOURCE, TARGET, WORKSPACE] = [`large-${ID}`, `copies-${ID}`, `workspace-large-${ID}`];
const KEYS = ['one', 'two'];
const METADATA = { herd: 'cows', 'ear-tag': '17' };
const TAGS = { kind: 'large', n: '1' };

let proxy: SizeWallProxy;
let stack: DroverStack;
let temporal: Client;
let buckets: Buckets;
let api: ApiClient;
const body = randomBytes(SIZE);

beforeAll(async () => {
  const { s3Endpoint, temporalAddress } = testStack();
  buckets = new Buckets(s3Endpoint);
  const sizeOf = (bucket: string, key: string) =>
    buckets.head(bucket, key).then(
      ({ ContentLength = 0 }) => ContentLength,
      () => 0,
    );
  proxy = await startSizeWallProxy(s3Endpoint, { bytesMax: PART, sizeOf });
  const env = {
    DROVER_S3_ENDPOINT: proxy.url,
    DROVER_TASK_QUEUE: `large-${ID}`,
    DROVER_WORKSPACE_BUCKET: WORKSPACE,
  };
  const starting = startDroverStack({ workers: 2, shared: { temporal: true, s3: true }, env });
  await buckets.create(SOURCE, TARGET);
  const more = { ContentType: 'video/mp4', CacheControl: 'max-age=1', Metadata: METADATA };
  await buckets.put(SOURCE, 'one', body, { ...more, Tagging: new URLSearchParams(TAGS).toString() });
  await copyDirectly('one', 'two');
  stack = await starting;
  api = new ApiClient({ apiUrl: stack.apiUrl });
  temporal = new Client({ connection: await Connection.connect({ address: temporalAddress }) });
}, 180_000);

afterAll(async () => {
  await temporal?.connection.close();
  await stack?.stop();
  buckets?.close();
  await proxy?.close();
});

/** Past the proxy. */
async function copyDirectly(from: string, to: string): Promise<void> {
  await buckets.client.send(new CopyObjectCommand({ Bucket: SOURCE, Key: to, CopySource: `${SOURCE}/${from}` }));
}

async function startCopying(keys: readonly string[], folder: string, more = {}): Promise<string> {
  await buckets.put(SOURCE, `${folder}.csv`, plainManifest(SOURCE, keys));
  const operation = { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${TARGET}`, TargetKeyPrefix: folder } };
  const { jobId } = await api.createJob(
    jobRequest({ manifest: `${SOURCE}/${folder}.csv`, operation, report: SOURCE, more }),
  );
  return jobId;
}

function calls(call: SeenCall['call'], key: string): SeenCall[] {
  return proxy.calls.filter((seen) => seen.call === call && seen.key === key);
}

/** In the order of their arrival. */
function parts(key: string): number[] {
  return calls('UploadPartCopy', key).map(({ part = 0 }) => part);
}

/** From now on, parts other than the first two do not reach the store. */
function holdPartsAfterTwo(key: string): { release(): void } {
  return proxy.hold((seen) => seen.call === 'UploadPartCopy' && seen.key === key && (seen.part ?? 0) > 2);
}

/** Until the first two parts are copied, the worker knows of it, and the others are asked for. */
async function untilTwoParts(key: string): Promise<void> {
  await eventually(
    () => Promise.resolve(calls('UploadPartCopy', key)),
    (seen) => seen.length === 5 && seen.filter(({ answered }) => answered === true).length === 2,
    30_000,
  );
  expect(calls('UploadPartCopy', key).map(({ answered, part }) => [part, answered === true])).toEqual(
    expect.arrayContaining([1, 2, 3, 4, 5].map((part) => [part, part <= 2])),
  );
}

async function unfinishedUploads(): Promise<{ key: string; uploadId: string }[]> {
  const { Uploads = [] } = await buckets.client.send(new ListMultipartUploadsCommand({ Bucket: TARGET }));
  return Uploads.map(({ Key: key = '', UploadId: uploadId = '' }) => ({ key, uploadId }));
}

async function notes(): Promise<string[]> {
  return (await buckets.list(WORKSPACE)).map(({ key }) => key).filter((key) => key.includes('/uploads/'));
}

async function expectNothingLeft(): Promise<void> {
  expect(await unfinishedUploads()).toEqual([]);
  expect(await notes()).toEqual([]);
}

/** In pieces: of a whole object, AWS's client would compute a checksum for seconds. */
async function differingRanges(key: string): Promise<string[]> {
  const differing: string[] = [];
  for (let start = 0; start < SIZE; start += PART) {
    const Range = `bytes=${start}-${Math.min(start + PART, SIZE) - 1}`;
    const { Body } = await buckets.client.send(new GetObjectCommand({ Bucket: TARGET, Key: key, Range }));
    const bytes = (await Body?.transformToByteArray()) ?? Buffer.of();
    if (!body.subarray(start, start + PART).equals(bytes)) differing.push(Range);
  }
  return differing;
}

async function expectSameAsSource(key: string): Promise<void> {
  expect(await differingRanges(key)).toEqual([]);
  expect(await buckets.head(TARGET, key)).toMatchObject({
    ContentLength: SIZE,
    ContentType: 'video/mp4',
    CacheControl: 'max-age=1',
    Metadata: METADATA,
  });
  expect(await buckets.tags(TARGET, key)).toEqual(TAGS);
}

async function rows(jobId: string): Promise<string[]> {
  const report = await readReport(buckets, SOURCE, reportFolder(jobId));
  return report.rows.map(({ key, taskStatus, httpStatus }) => `${key} ${taskStatus} ${httpStatus}`).sort();
}

async function workerOf(jobId: string): Promise<number> {
  const { raw } = await temporal.workflow.getHandle(chunkWorkflowId(jobId, 0)).describe();
  const [, pid] = /^drover-(\d+)@/.exec(raw.pendingActivities?.[0]?.lastWorkerIdentity ?? '') ?? [];
  expect([stack.pidOf('worker-1'), stack.pidOf('worker-2')]).toContain(Number(pid));
  return Number(pid);
}

test('a worker killed in the middle of one object’s parts, and while another’s upload was being created', async () => {
  const partsHeld = holdPartsAfterTwo('killed/one');
  const isCreation = ({ call, key }: SeenCall): boolean => call === 'CreateMultipartUpload' && key === 'killed/two';
  const answerHeld = proxy.hold(isCreation, 'answer');
  const jobId = await startCopying(KEYS, 'killed');
  await untilTwoParts('killed/one');
  const creation = await eventually(
    () => Promise.resolve(proxy.calls.find(isCreation)),
    (seen) => seen?.status !== undefined,
  );
  expect(creation).toMatchObject({ status: 200 });
  expect(creation?.answered).toBeUndefined();
  const orphan = (await unfinishedUploads()).find(({ key }) => key === 'killed/two');
  expect(orphan).toBeDefined();

  process.kill(await workerOf(jobId), 'SIGKILL');
  await eventually(
    () => Promise.resolve(calls('UploadPartCopy', 'killed/one').filter(({ cutOff }) => cutOff === true)),
    ({ length }) => length === 3,
  );
  partsHeld.release();
  answerHeld.release();
  await reaches(api, jobId, 'Complete', 90_000);

  expect(calls('CreateMultipartUpload', 'killed/one')).toHaveLength(1);
  expect(parts('killed/one').slice(5).sort()).toEqual([3, 4, 5]);
  expect(calls('AbortMultipartUpload', 'killed/one')).toEqual([]);
  expect(calls('AbortMultipartUpload', 'killed/two')).toMatchObject([{ uploadId: orphan?.uploadId, status: 204 }]);
  expect(calls('CreateMultipartUpload', 'killed/two')).toHaveLength(2);
  expect(parts('killed/two').sort()).toEqual([1, 2, 3, 4, 5]);
  await expectNothingLeft();
  for (const key of KEYS) await expectSameAsSource(`killed/${key}`);
  expect(await rows(jobId)).toEqual(['one succeeded 200', 'two succeeded 200']);
}, 150_000);

test('a connection that breaks while the upload is created: that one is given up, and another begun', async () => {
  const isCreation = ({ call, key }: SeenCall): boolean => call === 'CreateMultipartUpload' && key === 'cut/one';
  const held = proxy.hold(isCreation, 'answer');
  const jobId = await startCopying(['one'], 'cut');
  await eventually(
    () => Promise.resolve(proxy.calls.find(isCreation)),
    (seen) => seen?.status !== undefined,
  );
  const [orphan] = await unfinishedUploads();
  held.cut();
  await reaches(api, jobId, 'Complete');
  expect(calls('CreateMultipartUpload', 'cut/one').map(({ cutOff }) => cutOff === true)).toEqual([true, false]);
  expect(calls('AbortMultipartUpload', 'cut/one')).toMatchObject([{ uploadId: orphan?.uploadId, status: 204 }]);
  await expectNothingLeft();
  expect(await rows(jobId)).toEqual(['one succeeded 200']);
}, 90_000);

test('paused in the middle it keeps its parts, and resumed it copies the others', async () => {
  const held = holdPartsAfterTwo('paused/one');
  const jobId = await startCopying(['one'], 'paused');
  await untilTwoParts('paused/one');
  await api.change(jobId, 'pause');
  await reaches(api, jobId, 'Paused');
  expect((await unfinishedUploads()).map(({ key }) => key)).toEqual(['paused/one']);
  expect(await notes()).toHaveLength(1);
  expect((await buckets.list(TARGET, 'paused/')).map(({ key }) => key)).toEqual([]);

  held.release();
  await api.change(jobId, 'resume');
  await reaches(api, jobId, 'Complete');
  expect(calls('CreateMultipartUpload', 'paused/one')).toHaveLength(1);
  expect(parts('paused/one').slice(5).sort()).toEqual([3, 4, 5]);
  await expectNothingLeft();
  await expectSameAsSource('paused/one');
  expect(await rows(jobId)).toEqual(['one succeeded 200']);
}, 90_000);

test('cancelled in the middle it is given up, and reported as nothing that was done', async () => {
  const held = holdPartsAfterTwo('cancelled/one');
  // A job none of whose tasks ran has no report.
  const jobId = await startCopying(['one', 'missing'], 'cancelled');
  await untilTwoParts('cancelled/one');
  await api.change(jobId, 'cancel');
  const job = await reaches(api, jobId, 'Cancelled');
  held.release();
  expect(job).toMatchObject({ progress: { totalTasks: 2, succeeded: 0, failed: 1 }, failureReasons: [] });
  expect(calls('AbortMultipartUpload', 'cancelled/one')).toMatchObject([{ status: 204 }]);
  await expectNothingLeft();
  expect((await buckets.list(TARGET, 'cancelled/')).map(({ key }) => key)).toEqual([]);
  expect(await rows(jobId)).toEqual(['missing failed 404']);
}, 90_000);

test('a job that fails meanwhile gives it up, too', async () => {
  // As many as a batch has stand beside the large one; the batch after it is the one that fails the job.
  const missing = Array.from({ length: LIMITS.batch.rows + 50 }, (_, index) => `missing-${index}`);
  const held = holdPartsAfterTwo('failed/one');
  const isEarly = ({ call, key }: SeenCall): boolean => call === 'CopyObject' && key === `failed/${missing.at(-1)}`;
  const failing = proxy.hold(isEarly);
  const jobId = await startCopying(['one', ...missing], 'failed', { Limits: { FailureThreshold: { FailedTasks: 5 } } });
  await untilTwoParts('failed/one');
  failing.release();
  const job = await eventually(
    () => api.describeJob(jobId),
    ({ status }) => status === 'Failed' || status === 'Complete',
    60_000,
  );
  held.release();
  expect(job).toMatchObject({ status: 'Failed', failureReasons: [{ FailureCode: 'FailureThresholdExceeded' }] });
  expect(calls('AbortMultipartUpload', 'failed/one')).toMatchObject([{ status: 204 }]);
  await expectNothingLeft();
  expect((await buckets.list(TARGET, 'failed/')).map(({ key }) => key)).toEqual([]);
  expect((await rows(jobId)).filter((row) => row.startsWith('one'))).toEqual([]);
}, 90_000);

test('a source that is replaced between two parts is not mixed with what it was', async () => {
  await buckets.put(SOURCE, 'other', Buffer.alloc(SIZE, 'other'));
  const held = holdPartsAfterTwo('replaced/two');
  const jobId = await startCopying(['two'], 'replaced');
  await untilTwoParts('replaced/two');
  await copyDirectly('other', 'two');
  held.release();
  const job = await reaches(api, jobId, 'Complete');
  expect(job.progress).toMatchObject({ succeeded: 0, failed: 1 });
  expect(await rows(jobId)).toEqual(['two failed 412']);
  await expectNothingLeft();
  expect((await buckets.list(TARGET, 'replaced/')).map(({ key }) => key)).toEqual([]);
}, 90_000);
