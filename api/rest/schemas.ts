import { z } from 'zod';
import { type FailureCode, FAILURES } from '../../contracts/engine/failures';
import { jobLimits, jobRequest, jobStatus, priority, tag } from '../requests/schemas';

/** What REST answers, as zod schemas: the OpenAPI document is made of them, and the tests hold the answers to them. */

const time = z.iso.datetime();
const tasks = z.int().min(0);

export const jobAnswer = z
  .strictObject({
    jobId: z.string(),
    jobArn: z.string(),
    account: z.string(),
    operation: z.string(),
    description: z.string().optional(),
    status: jobStatus,
    priority,
    limits: jobLimits,
    pausedBy: z
      .enum(['user', 'priority', 'all'])
      .optional()
      .describe(
        'Present while Pausing or Paused. priority: jobs of higher priority run; the job resumes by itself. all: every job of the account is paused',
      ),
    tags: z.array(tag).optional().describe('Left out in lists'),
    createdAt: time,
    states: z
      .array(z.strictObject({ status: jobStatus, at: time }))
      .optional()
      .describe('States that the job has entered, and when, the present one last. Left out in lists'),
    suspendedAt: time.optional(),
    terminatedAt: time.optional(),
    statusUpdateReason: z.string().optional(),
    waitingFor: z.string().optional().describe('Reason for waiting; absent while it works'),
    failureReasons: z.array(
      z.strictObject({
        FailureCode: z.string(),
        FailureReason: z.string(),
        Advice: z.string().optional().describe('What to do about it'),
      }),
    ),
    progress: z.strictObject({
      totalTasks: tasks.optional().describe('Absent until the manifest has been read'),
      succeeded: tasks,
      failed: tasks,
      skipped: tasks.describe('Those among succeeded that When or SkipIfInDesiredState passed over'),
      pending: tasks.describe('Accepted by the store, effect awaited (restores)'),
      activeSeconds: z.number().min(0),
    }),
    preparing: z
      .strictObject({
        read: tasks.describe('Rows that the source gave'),
        rows: tasks.describe('Those that passed the filter'),
        bytes: tasks.optional().describe('Bytes read of files, as they lie in the store'),
        pages: tasks.optional().describe('Pages with which listings were answered'),
        files: tasks.optional().describe('Files read to their end'),
        filesTotal: tasks.optional().describe('Files that the source has'),
        parts: tasks,
        partsDone: tasks,
        duplicates: tasks
          .optional()
          .describe('Rows that name what a former row has named, where Filter.Duplicates asks'),
        refusedRows: tasks.optional().describe('Rows of buckets that the role may not use: they fail'),
      })
      .optional()
      .describe('What has been read of the source'),
    reportManifestKey: z.string().optional().describe("Key of the completion report's manifest.json"),
    generatedManifest: z
      .strictObject({ format: z.string(), objectArn: z.string(), etag: z.string() })
      .optional()
      .describe('The list that ManifestGenerator has left in ManifestOutputLocation'),
    request: jobRequest.optional().describe('Left out in lists'),
    temporalUrl: z.string().optional().describe('The job in the Temporal UI'),
  })
  .meta({ id: 'Job' });

export const jobList = z
  .strictObject({
    jobs: z.array(jobAnswer),
    nextToken: z.string().optional().describe('Present when there are more'),
  })
  .meta({ id: 'JobList' });

export const vaultList = z
  .strictObject({
    vaults: z.array(
      z.strictObject({
        name: z.string(),
        arn: z.string(),
        createdAt: z.string().optional(),
        inventoryAt: z.string().optional().describe('When the service last counted; absent: never'),
        archives: z.number().optional(),
        bytes: z.number().optional(),
      }),
    ),
  })
  .meta({ id: 'VaultList' });

export const jobIdAnswer = z.strictObject({ jobId: z.string() }).meta({ id: 'JobId' });

export const retryAnswer = z
  .strictObject({
    jobId: z.string().describe('The new job'),
    retries: z.string().describe('The job whose failed tasks it does again'),
    tasks: tasks.describe('How many these are'),
  })
  .meta({ id: 'JobRetry' });

export const uploadedManifestAnswer = z
  .strictObject({ ObjectArn: z.string(), ETag: z.string() })
  .meta({ id: 'UploadedManifest' });

export const jobChange = z
  .strictObject({ jobId: z.string(), status: jobStatus, statusUpdateReason: z.string().optional() })
  .meta({ id: 'JobChange', description: 'The job after a wait of up to a second for the effect' });

export const allPaused = z
  .strictObject({
    paused: z.boolean(),
    since: time.optional().describe('Present while all are paused'),
    reason: z.string().optional(),
    jobsAtWork: tasks.describe('Jobs that have batches or reports under way: 0 once nothing is sent to stores'),
  })
  .meta({ id: 'AllPaused', description: 'Whether all jobs of the account are paused' });

export const tagsAnswer = z.strictObject({ tags: z.array(tag) }).meta({ id: 'JobTags' });

export const reportAnswer = z
  .strictObject({
    jobId: z.string(),
    bucket: z.string(),
    key: z.string().describe("Key of the report's manifest.json"),
    manifest: z.json().describe('The content of manifest.json'),
  })
  .meta({ id: 'Report' });

export const operationList = z
  .strictObject({
    operations: z.array(
      z.strictObject({
        name: z.string(),
        origin: z.enum(['AWS', 'Drover']).describe('Defined by S3 Control (AWS), or by Drover'),
        summary: z.string(),
        call: z.string().describe('The S3 or Lambda call that it makes'),
        reference: z.string().describe('Link to the rule that it follows'),
        success: z.string().describe("What a task's success means"),
        rerun: z.string().describe('What a second run on the same object does'),
        skipIfInDesiredState: z.boolean().describe('Whether SkipIfInDesiredState may stand beside it'),
        parameters: z.record(z.string(), z.json()).describe('JSON Schema (draft 2020-12) of the parameters'),
        examples: z.array(z.strictObject({ title: z.string(), parameters: z.record(z.string(), z.json()) })),
      }),
    ),
    when: z
      .record(z.string(), z.json())
      .describe('JSON Schema (draft 2020-12) of When, the condition beside an operation'),
  })
  .meta({ id: 'OperationList' });

const codes = Object.keys(FAILURES) as [FailureCode, ...FailureCode[]];

export const errorAnswer = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(codes),
      message: z.string().describe('Names the thing that is wrong'),
      advice: z.string().describe('What can be done'),
      requestId: z.string().describe("The API's log has the cause of an internal error under it"),
    }),
  })
  .meta({ id: 'Error' });
