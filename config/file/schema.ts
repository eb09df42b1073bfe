import { z } from 'zod';
import { JOB_STATUSES } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { PROFILE_NAMES } from '../../contracts/store-profile';
import { DEFAULTS } from '../defaults';
import { credentials } from './credentials-schema';
import { optional, required } from './described';
import {
  accountId,
  endpoint,
  filePath,
  httpUrl,
  integer,
  listenAddress,
  LOG_LEVELS,
  roleArn,
  share,
  text,
  webhookPrefix,
  webhookSecret,
  workspacePrefix,
} from './fields';
import { profileSchema } from './profile-schema';
import { temporalSchema } from './temporal-schema';

const MIB = 1024 * 1024;

/** A key of a mapping that people choose. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'names are letters, digits, - and _, 63 characters at most');
/** `*` stands for any characters. */
const pattern = text.max(2_048);
const bucketPattern = z
  .string()
  .regex(/^[A-Za-z0-9*][A-Za-z0-9._*-]{0,254}$/, 'must be the name of a bucket, or a pattern with *');
const file = text;

const store = z.strictObject({
  endpoint: required(endpoint, 'URL of the S3 service. For AWS: `https://s3.<region>.amazonaws.com`.'),
  region: optional(text, 'Region that requests are signed for.', { words: '`region`' }),
  pathStyle: optional(
    z.boolean(),
    "`true`: `endpoint/bucket/key`. `false`: `bucket.endpoint/key`, where the bucket's name allows it.",
    { value: DEFAULTS.pathStyle },
  ),
  profile: optional(
    z.union([z.enum(PROFILE_NAMES), profileSchema], {
      error: `must be one of ${PROFILE_NAMES.join(', ')}, or a mapping`,
    }),
    'What the store understands of S3: a name, or a mapping with the members below. See [stores.md](stores.md#profiles).',
    { words: '`AWS` for amazonaws.com, else found out' },
  ),
  caFile: optional(file, "PEM file of the authorities that the endpoint's certificate may be signed by.", {
    words: "the system's",
  }),
  credentials: optional(credentials, 'Credentials of roles that have none for this store.', { value: 'default' }),
  buckets: optional(
    z.array(bucketPattern).min(1, 'must have an element, or be left out'),
    'Buckets that live here: names, or patterns in which `*` stands for any characters. An exact name wins over a pattern, a longer pattern over a shorter one. One store may go without: all that no other store names lives there.',
    { words: 'all others' },
  ),
});

const role = z.strictObject({
  arn: required(roleArn, 'Value of `RoleArn` in jobs. Unique.'),
  accounts: optional(z.array(accountId).min(1), 'Accounts whose jobs may name it.', { words: 'the one in the ARN' }),
  credentials: optional(z.record(name, credentials), 'Credentials of the role, by store name.', {
    words: "the stores' own",
  }),
  read: optional(
    z.array(bucketPattern),
    'Buckets that its jobs may read, `*` allowed: manifests, sources of copies. What may be written may be read.',
    { words: 'none' },
  ),
  write: optional(
    z.array(bucketPattern),
    'Buckets that its jobs may write, `*` allowed: targets, reports, objects that are changed in place.',
    { words: 'none' },
  ),
  functions: optional(
    z.array(pattern),
    'Functions that its jobs may invoke: names of functions in the account of `arn`, or ARNs; `*` allowed.',
    {
      words: 'none',
    },
  ),
  functionCredentials: optional(
    credentials,
    'Credentials for invoking functions. Required beside `functions` where there are several stores and none is named `default`.',
    { words: 'those at the store `default`, or at the only one' },
  ),
  vaults: optional(
    z.array(bucketPattern),
    'Vaults of Amazon Glacier, `*` allowed, whose inventories and archives its jobs may retrieve.',
    { words: 'none' },
  ),
  deleteArchivesOf: optional(
    z.array(bucketPattern),
    'Vaults, `*` allowed, whose archives its jobs may delete. They may retrieve them, too.',
    { words: 'none' },
  ),
  vaultCredentials: optional(
    credentials,
    'Credentials for vaults. Required beside `vaults` and `deleteArchivesOf` where there are several stores and none is named `default`.',
    { words: 'those at the store `default`, or at the only one' },
  ),
  webhooks: optional(
    z.array(
      z.strictObject({
        url: required(
          webhookPrefix,
          'Beginning of URLs: itself, and all below it at a `/`. Without query and wildcards. The longest that fits counts.',
        ),
        secret: optional(webhookSecret, 'Key of the HMAC-SHA256 signature of requests to these.', {
          words: 'none: not signed',
        }),
      }),
    ),
    'Addresses that its jobs may call with `HttpInvoke`. Their answers stand in reports: name what jobs may read.',
    { words: 'none' },
  ),
});

const account = z.strictObject({
  id: required(accountId, 'Twelve digits, in quotes: what clients give as account id. Unique.'),
  keys: optional(
    z.array(
      z.strictObject({
        accessKeyId: required(text, 'Access key that clients sign with. Unique among all accounts.'),
        secretAccessKey: required(text, 'Its secret.'),
        viewOnly: optional(z.boolean(), 'The key shows jobs and schedules, with their reports, and changes nothing.', {
          value: false,
        }),
      }),
    ),
    'Key pairs of its clients.',
  ),
  priorityMax: optional(
    integer(0, LIMITS.job.priorityMax),
    'Highest priority that its jobs may have, 0 to 2147483647: jobs of a higher one take the workers from all others.',
    { words: 'any' },
  ),
  jobsMax: optional(
    integer(1, 1_000_000),
    'Maximum number of jobs that have not ended, 1 to 1000000. Further jobs are refused with `TooManyRequestsException`.',
    { words: 'any number' },
  ),
});

const accounts = optional(z.array(accountId).min(1), 'Accounts whose events are sent.', { words: 'all' });
const statuses = optional(z.array(z.enum(JOB_STATUSES)).min(1), 'Statuses whose events are sent.', { words: 'all' });

const notifications = z.strictObject({
  webhooks: optional(
    z.record(
      name,
      z.strictObject({
        url: required(httpUrl, 'URL that receives events.'),
        secret: required(text, 'Key of the HMAC-SHA256 signature.'),
        statuses,
        accounts,
      }),
    ),
    'Webhooks by name. Names are unique among all targets of notifications, of whatever kind.',
  ),
  sns: optional(
    z.record(
      name,
      z.strictObject({
        topicArn: required(text.startsWith('arn:', 'must be an ARN'), 'ARN of the topic.'),
        region: optional(text, 'Region of the service.', { words: '`region`' }),
        endpoint: optional(endpoint, 'URL of an SNS-compatible service.', { words: "AWS's, in the region" }),
        credentials: optional(credentials, 'Credentials for publishing events.', { value: 'default' }),
      }),
    ),
    'SNS topics by name.',
  ),
  eventBridge: optional(
    z.record(
      name,
      z.strictObject({
        busName: required(text, 'Name or ARN of the event bus.'),
        region: optional(text, 'Region of the service.', { words: '`region`' }),
        endpoint: optional(endpoint, 'URL of an EventBridge-compatible service.', { words: "AWS's, in the region" }),
        credentials: optional(credentials, 'Credentials for putting events.', { value: 'default' }),
      }),
    ),
    'EventBridge buses by name.',
  ),
  jobWebhooks: z
    .strictObject({
      allow: optional(
        z.array(
          httpUrl.regex(/^https?:\/\/[^/]+\//i, 'must have a / after the host, else it allows hosts that begin alike'),
        ),
        'Beginnings of URLs that a job may bring as `NotificationUrl`, with a `/` after the host. Others are refused when the job is created.',
        { words: 'none' },
      ),
      secret: optional(text, 'Key of the HMAC-SHA256 signature of events to these.', { words: 'none: not signed' }),
    })
    .optional(),
});

const workspace = z.strictObject({
  store: optional(name, 'Store that holds it.', { words: '`default`, or the only one' }),
  bucket: optional(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/, 'must be the name of a bucket'),
    'Bucket for manifest indexes and report parts. It must exist.',
    { value: DEFAULTS.workspaceBucket },
  ),
  prefix: optional(workspacePrefix, 'Prefix in it: empty, or ending in `/`. Each job gets a folder.', {
    value: DEFAULTS.workspacePrefix,
  }),
  credentials: optional(credentials, 'Credentials of Drover itself for the workspace.', {
    words: "the store's own",
  }),
  keepDays: optional(
    integer(1, 3_650),
    'Days after which Drover removes the folders of ended jobs that nothing needs any more, and manifests that were sent to the API, 1 to 3650. See [cleaning-up.md](cleaning-up.md).',
    { words: 'none: nothing is removed' },
  ),
});

const limits = z.strictObject({
  bucketRequestsInFlightMax: optional(
    integer(LIMITS.request.perBucketMin, 4_096),
    'Maximum requests in flight to one bucket from one worker, 1 to 4096.',
    { value: DEFAULTS.bucketRequestsInFlightMax },
  ),
  multipartAboveBytes: optional(
    integer(5 * MIB, LIMITS.copy.transferBytesInFlightMax),
    'Copies between stores of larger objects go in parts. Bytes, 5 MiB to 256 MiB.',
    { value: DEFAULTS.multipartAboveBytes },
  ),
  multipartPartBytes: optional(
    integer(5 * MIB, LIMITS.copy.transferBytesInFlightMax),
    'Size of a part. Bytes, 5 MiB to 256 MiB; larger where an object would have more than 10,000 parts.',
    { value: DEFAULTS.multipartPartBytes },
  ),
});

/** Names that HTTP permits; what they stand for may be a secret. */
const headers = z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header'), text);

const traces = z.strictObject({
  endpoint: optional(
    endpoint,
    'URL of an OpenTelemetry receiver (OTLP over HTTP), such as `http://127.0.0.1:4318`. API and workers send it spans of jobs, chunks, batches and a sample of requests, to `/v1/traces` below the URL.',
    { words: 'none: no traces' },
  ),
  headers: optional(headers, 'Headers of these requests, such as `authorization`.'),
  jobShare: optional(share, 'Share of the jobs that have a trace, 0 to 1. The API decides when it starts a job.', {
    value: DEFAULTS.traceJobShare,
  }),
  requestShare: optional(
    share,
    'Share of the requests of these jobs that have a span of their own, 0 to 1. Workers decide.',
    { value: DEFAULTS.traceRequestShare },
  ),
});

/** What `drover.config.yaml` may hold. Descriptions and defaults here are what docs/run/configuration.md shows. */
export const configFileSchema = z
  .strictObject({
    region: optional(text, 'AWS region in job ARNs and events; that of stores, functions and targets that name none.', {
      value: DEFAULTS.region,
    }),
    api: z
      .strictObject({
        host: optional(
          text,
          'Address that the API binds to. On an address that other machines reach, the API refuses to start with the documented key.',
          { value: DEFAULTS.apiHost },
        ),
        port: optional(integer(0, 65_535), 'Port of the API; 0: any free port.', { value: DEFAULTS.apiPort }),
        auditLog: optional(
          filePath,
          'File of the audit log: one line for each request that changes something or is refused. SIGHUP opens it anew, for those who rotate it.',
          { words: 'none: its lines are among the others of the log' },
        ),
        metrics: optional(
          listenAddress,
          'Address, `host:port`, at which the API serves its metrics for Prometheus (`GET /metrics`), without credentials. `127.0.0.1:9464` for this machine alone; port 0: any free one.',
          { words: 'none: no metrics are served' },
        ),
      })
      .optional(),
    temporal: temporalSchema.optional(),
    stores: optional(
      z.record(name, store).refine((stores) => Object.keys(stores).length > 0, 'must have a store, or be left out'),
      'S3 services by name.',
      { words: 'one, from the environment' },
    ),
    accounts: optional(z.array(account).min(1), 'Accounts that may use the API.', {
      words: 'one, from the environment',
    }),
    roles: optional(z.array(role).min(1), 'Roles that jobs may use.', {
      words: '`arn:aws:iam::<account>:role/drover` for each account',
    }),
    functions: z
      .strictObject({
        endpoint: optional(
          endpoint,
          "Another server with Lambda's Invoke call. Functions are called by name there, without account and region.",
          { words: 'AWS Lambda in the region' },
        ),
        region: optional(text, 'Region of the functions.', { words: '`region`' }),
      })
      .optional(),
    vaults: z
      .strictObject({
        endpoint: optional(endpoint, "Another server with Amazon Glacier's calls.", {
          words: 'Amazon Glacier in the region',
        }),
        region: optional(text, 'Region of the vaults.', { words: '`region`' }),
      })
      .optional(),
    workspace: workspace.optional(),
    notifications: notifications.optional(),
    worker: z
      .strictObject({
        batchSlots: optional(
          integer(1, 64),
          'Batches that the dispatcher hands to one worker at a time, 1 to 64. A worker has twice as many activity slots.',
          {
            value: DEFAULTS.batchSlots,
          },
        ),
        heartbeatTimeoutSeconds: optional(
          integer(LIMITS.batch.heartbeatTimeoutSecondsMin, LIMITS.batch.heartbeatTimeoutSecondsMax),
          'Seconds without a heartbeat after which other workers take the batches of a worker, 5 to 600. The API reads it: a job keeps the value from its creation.',
          { value: DEFAULTS.heartbeatTimeoutSeconds },
        ),
        metrics: optional(
          listenAddress,
          "Address, `host:port`, at which a worker serves its metrics and those of Temporal's SDK for Prometheus (`GET /metrics`), without credentials. `127.0.0.1:9465` for this machine alone; port 0: any free one, for several workers on a machine.",
          { words: 'none: no metrics are served' },
        ),
      })
      .optional(),
    traces: traces.optional(),
    limits: limits.optional(),
    logLevel: optional(z.enum(LOG_LEVELS), 'Lowest level of the log, which has JSON lines.', {
      value: DEFAULTS.logLevel,
    }),
  })
  .meta({ title: 'drover.config.yaml' });

/** The file as read and checked, `${NAME}` replaced, before defaults. */
export type ConfigFile = z.output<typeof configFileSchema>;
