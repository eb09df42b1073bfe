import { createActivities } from '../../activities';
import { defined } from '../../contracts/defined';
import type { Activities, JobRef } from '../../contracts/engine/activities';
import type { OperationPlan } from '../../contracts/engine/plan';
import type { JobInput, JobManifest, JobRequest } from '../../contracts/job';
import { parseOperation } from '../../operations';
import type { VaultService } from '../../storage/vaults';
import { memoryRoleStores, MemoryStore, memoryStores } from './memory-store/store';

export const ACCOUNT = '123456789012';
export const ROLE = 'arn:aws:iam::123456789012:role/drover';

export interface JobFixture {
  readonly store: MemoryStore;
  readonly activities: Activities;
  readonly job: JobRef;
  readonly createdAt: string;
  readonly request: ManifestRequest;
  readonly plan: OperationPlan;
}

export type ManifestRequest = JobRequest & { readonly Manifest: JobManifest };

/** A job of `ROLE` over `manifest.csv` in `manifests`, whose report goes to `reports`. */
export function requestFor(
  operation: JobRequest['Operation'],
  location: Partial<JobManifest['Location']> & { readonly ETag: string },
  report: Partial<JobRequest['Report']> = {},
): ManifestRequest {
  return {
    ClientRequestToken: 'token',
    ConfirmationRequired: false,
    Priority: 10,
    RoleArn: ROLE,
    Operation: operation,
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::manifests/manifest.csv', ...location },
    },
    Report: {
      Enabled: true,
      Bucket: 'arn:aws:s3:::reports',
      Prefix: 'out',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
      ...report,
    },
  };
}

/** A manifest of `rows` objects in `source`, and all that a job over them needs, in memory. */
export function jobFixture(options: {
  readonly rows: number;
  readonly batchRows?: number;
  readonly operation?: JobRequest['Operation'];
  readonly report?: Partial<JobRequest['Report']>;
  readonly manifest?: string;
  readonly location?: Partial<JobManifest['Location']>;
  /** `workspace`, which exists. */
  readonly workspaceBucket?: string;
  readonly plan?: Partial<OperationPlan>;
  /** For how long Temporal has not been heard. */
  readonly silentMs?: () => number;
  readonly recentSilenceMs?: () => number;
  /** Buckets that the role may not use; looked at each time. */
  readonly denied?: readonly string[];
  /** Accounts that may not use the role; looked at each time. */
  readonly takenFrom?: readonly string[];
  /** Another for each fixture whose source is read in parts: a worker remembers tables by job. */
  readonly jobId?: string;
  readonly vaults?: VaultService;
}): JobFixture {
  const store = new MemoryStore({ buckets: ['source', 'target', 'manifests', 'reports', 'workspace'] });
  const keys = Array.from({ length: options.rows }, (_, row) => `object-${row}`);
  for (const key of keys) store.seed('source', key);
  const text = options.manifest ?? keys.map((key) => `source,${key}\n`).join('');
  const { etag } = store.seed('manifests', 'manifest.csv', text);
  const operation = options.operation ?? { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target' } };
  const request = requestFor(operation, { ETag: etag, ...options.location }, options.report);
  const plan = { ...parseOperation(operation).plan, batchRows: options.batchRows ?? 1_000, ...options.plan };
  const jobId = options.jobId ?? '11111111-2222-3333-4444-555555555555';
  const createdAt = '2026-01-01T00:00:00Z';
  const { workspaceBucket: bucket = 'workspace' } = options;
  const jobInputOf = (id: string): JobInput => {
    const workspace = { bucket, prefix: `jobs/${id}/` };
    return { jobId: id, account: ACCOUNT, request, plan, workspace, createdAt, region: 'us-east-1' };
  };
  const role = memoryRoleStores(store, { denied: options.denied ?? [], ...defined({ vaults: options.vaults }) });
  return {
    store,
    activities: createActivities({
      stores: memoryStores(role, store, [ROLE], options.takenFrom),
      fleet: {
        batchSlots: notHere,
        runningJobs: notHere,
        isRunning: notHere,
        hadTasks: notHere,
        jobInput: (id) => Promise.resolve(jobInputOf(id)),
        tellDispatcher: notHere,
        isAllPaused: notHere,
        tellPause: notHere,
        tellShare: notHere,
      },
      link: { silentMs: options.silentMs ?? (() => 0), recentSilenceMs: options.recentSilenceMs ?? (() => 0) },
      workspace: { bucket, prefix: 'jobs/' },
      admit: notHere,
      notifications: { deliver: notHere, close: () => Promise.resolve() },
    }),
    job: { jobId, workspace: { bucket, prefix: `jobs/${jobId}/` } },
    createdAt,
    request,
    plan,
  };
}

/** Not what these tests are about. */
function notHere(): Promise<never> {
  return Promise.reject(new Error('not in this fixture'));
}

/** All rows of a completion report, as its manifest lists them. */
export function reportRows(store: MemoryStore, bucket: string, manifestKey: string): string[] {
  const text = store.peek(bucket, manifestKey)?.body.toString('utf8') ?? '{"Results":[]}';
  const { Results } = JSON.parse(text) as { Results: { Key: string }[] };
  return Results.flatMap(({ Key }) =>
    (store.peek(bucket, Key)?.body.toString('utf8') ?? '').split('\n').filter(Boolean),
  );
}
