import type { Express } from 'express';
import { createApp } from '../../../api/app';
import type { RequestWatchers } from '../../../api/audit';
import type { PlannedRequest } from '../../../api/jobs/job-input';
import { TemporalJobService } from '../../../api/jobs/job-service';
import type { ManifestUploads } from '../../../api/jobs/manifest-uploads';
import type { ObjectAccess } from '../../../api/jobs/object-access';
import { PauseService } from '../../../api/jobs/pause-service';
import type { ScheduleService } from '../../../api/jobs/schedule-service';
import type { SystemService } from '../../../api/jobs/system';
import type { Previews } from '../../../api/preview/preview';
import type { RequestRules } from '../../../api/requests/validate-request';
import type { AccountConfig, RoleConfig } from '../../../config/config';
import { defined } from '../../../contracts/defined';
import type { JobManifest, JobRequest, JsonObject } from '../../../contracts/job';
import { createLogger } from '../../../logging/logger';
import { parseOperation } from '../../../operations';
import type { BoundOperation } from '../../../operations/operation';
import { FakeGateway, NOW } from './fake-gateway';
import { FakePauses } from './fake-pauses';

export const ACCOUNT = '123456789012';
/** Headers that sign a REST request in as this account. */
export const USER = {
  host: '127.0.0.1:8800',
  authorization: `Basic ${Buffer.from('AKIDEXAMPLE:secretsecret').toString('base64')}`,
};
/** The same for the command line. */
export const USER_VARIABLES = { DROVER_ACCESS_KEY: 'AKIDEXAMPLE', DROVER_SECRET_KEY: 'secretsecret' };
export const ROLE = 'arn:aws:iam::123456789012:role/r';

export const WORKSPACE = { bucket: 'workspace', prefix: 'drover/jobs/' };

export interface TestApp {
  readonly app: Express;
  readonly gateway: FakeGateway;
  readonly pauses: FakePauses;
  readonly service: TemporalJobService;
  readonly logged: string[];
}

export interface TestAppOptions {
  readonly now?: () => number;
  readonly host?: string;
  /** Instead of the account of the captured requests and a stranger's. */
  readonly accounts?: readonly AccountConfig[];
  readonly objects?: ObjectAccess;
  readonly uploads?: ManifestUploads;
  readonly vaults?: VaultLists;
  readonly previews?: Previews;
  readonly schedules?: ScheduleService;
  readonly watchers?: RequestWatchers;
  readonly consoleFolder?: string;
  readonly system?: SystemService;
  /** Over those of `testRules`. */
  readonly rules?: Partial<RequestRules['config']>;
}

import type { VaultLists } from '../../../api/vaults/vault-lists';

const TEST_ACCOUNTS: readonly AccountConfig[] = [
  {
    id: ACCOUNT,
    keys: [
      { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secretsecret' },
      { accessKeyId: 'A', secretAccessKey: 'B' },
    ],
  },
  { id: '999999999999', keys: [{ accessKeyId: 'OTHER', secretAccessKey: 'other-secret' }] },
];

/** Every account's role, which may do everything in the one store that has every bucket. */
export const TEST_ROLE: RoleConfig = {
  arn: ROLE,
  accounts: [ACCOUNT, '999999999999'],
  credentials: {},
  read: [],
  write: ['*'],
  functions: ['*'],
  functionCredentials: { kind: 'default' },
  vaults: { retrieve: ['photos'], deleteArchives: ['photos'], credentials: { kind: 'default' } },
  webhooks: [{ url: 'https://hooks.example/' }, { url: 'https://handlers.example.org/' }],
};

export const testRules: RequestRules['config'] = {
  roles: [TEST_ROLE],
  stores: [
    {
      name: 'default',
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      pathStyle: true,
      credentials: { kind: 'default' },
      buckets: [],
    },
  ],
  workspace: { store: 'default', ...WORKSPACE },
  notifications: {
    webhooks: [],
    sns: [],
    eventBridge: [],
    jobWebhooks: { allow: ['https://hooks.example/drover'] },
  },
};

/** The captured copy names every member, two of which exclude each other; for these tests one of them is overlooked. */
function parseCaptured(operation: JobRequest['Operation']): BoundOperation {
  const { S3PutObjectCopy: copy, ...others } = operation;
  if (typeof copy !== 'object') return parseOperation(operation);
  const { AccessControlGrants: _grants, ...rest } = copy as JsonObject;
  return parseOperation({ ...others, S3PutObjectCopy: rest });
}

/** The API on a fake Temporal, with the keys and the role that the captured requests use. */
export function testApp(options: TestAppOptions = {}): TestApp {
  const gateway = new FakeGateway();
  const pauses = new FakePauses();
  const service = new TemporalJobService({
    gateway,
    pauses,
    flushedTally: () => Promise.resolve(undefined),
    heartbeatTimeoutMs: 20_000,
    region: 'us-east-1',
    workspace: WORKSPACE,
    notifyTargets: () => [],
    now: () => NOW,
  });
  const logged: string[] = [];
  const log = createLogger('drover-api', { logLevel: 'info' }, { write: (line: string) => void logged.push(line) });
  const app = createApp({
    config: {
      api: { host: options.host ?? '127.0.0.1', port: 0 },
      temporal: {
        address: '127.0.0.1:7233',
        namespace: 'default',
        taskQueue: 'drover',
        uiUrl: 'http://127.0.0.1:8233/',
      },
      accounts: options.accounts ?? TEST_ACCOUNTS,
      ...testRules,
      ...options.rules,
    },
    service,
    pauses: new PauseService(pauses),
    parseOperation: parseCaptured,
    log,
    ...defined({
      consoleFolder: options.consoleFolder,
      system: options.system,
      watchers: options.watchers,
      now: options.now,
      objects: options.objects,
      uploads: options.uploads,
      vaults: options.vaults,
      previews: options.previews,
      schedules: options.schedules,
    }),
  });
  return { app, gateway, pauses, service, logged };
}

/** As the service takes it. */
export function planned(request: JobRequest): PlannedRequest {
  return { request, plan: parseCaptured(request.Operation).plan };
}

/** One with a manifest, unless `more` says otherwise. */
export function jobRequest(more: Partial<JobRequest> = {}): JobRequest & { readonly Manifest: JobManifest } {
  return {
    ClientRequestToken: 'token-1',
    ConfirmationRequired: false,
    Priority: 10,
    RoleArn: ROLE,
    Operation: { S3DeleteObjectTagging: {} },
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: 'arn:aws:s3:::man/manifest.csv', ETag: '60e460c9d1046e73f7dde5043ac3ae85' },
    },
    Report: { Enabled: false },
    ...more,
  };
}
