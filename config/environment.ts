import { z } from 'zod';
import { LIMITS } from '../contracts/limits';
import { DEFAULTS, DEV_ACCESS_KEY, DEV_ACCOUNT_ID, DEV_SECRET_KEY } from './defaults';
import {
  accountId,
  endpoint,
  filePath,
  httpUrl,
  listenAddress,
  LOG_LEVELS,
  roleArn,
  temporalAddress,
  text,
  webhookPrefix,
  webhookSecret,
  workspacePrefix,
} from './file/fields';
import { parseVariables } from './variables';

/** `DROVER_CONFIG=none`: no file is read, wherever one lies. */
export const NO_CONFIG_FILE = 'none';

interface VariableText {
  readonly description: string;
  /** Where neither the variable nor the file says: a value, or words that begin with no backtick. */
  readonly fallback?: string | number | boolean;
  readonly words?: string;
  /** The setting of the file that it overrides. */
  readonly setting?: string;
}

function variable<T extends z.ZodType>(schema: T, meta: VariableText) {
  return schema.meta({ ...meta }).optional();
}

/** Every environment variable that the processes read. docs/run/configuration.md lists them. */
export const environmentSchema = z.object({
  DROVER_CONFIG: variable(text, {
    description: 'The configuration file. `none`: no file is read. Another path must exist.',
    words: '`drover.config.yaml` in the working directory, if it is there',
  }),
  DROVER_REGION: variable(text, {
    description: 'Region in job ARNs and events; that of stores and functions that name none.',
    words: '`DROVER_S3_REGION`, else `us-east-1`',
    setting: 'region',
  }),
  DROVER_API_HOST: variable(text, {
    description:
      'Address that the API binds to. On an address that other machines reach, the API refuses to start with the documented key.',
    fallback: DEFAULTS.apiHost,
    setting: 'api.host',
  }),
  DROVER_API_PORT: variable(z.coerce.number().int().min(0).max(65_535), {
    description: 'Port of the API.',
    fallback: DEFAULTS.apiPort,
    setting: 'api.port',
  }),
  DROVER_AUDIT_LOG: variable(filePath, {
    description:
      'File of the audit log: one line for each request that changes something or is refused. SIGHUP opens it anew, for those who rotate it.',
    words: 'none: its lines are among the others of the log',
    setting: 'api.auditLog',
  }),
  DROVER_API_METRICS_ADDRESS: variable(listenAddress, {
    description:
      'Address, `host:port`, at which the API serves its metrics for Prometheus (`GET /metrics`), without credentials. `127.0.0.1:9464` for this machine alone; port 0: any free one.',
    words: 'none: no metrics are served',
    setting: 'api.metrics',
  }),
  DROVER_S3_ENDPOINT: variable(endpoint, {
    description: 'The store: an `http` or `https` URL.',
    fallback: DEFAULTS.s3Endpoint,
    setting: 'stores.default.endpoint',
  }),
  DROVER_S3_REGION: variable(text, {
    description: 'Region that requests to it are signed for.',
    words: '`DROVER_REGION`, else `us-east-1`',
    setting: 'stores.default.region',
  }),
  DROVER_S3_PATH_STYLE: variable(z.stringbool(), {
    description: "`true`: `endpoint/bucket/key`. `false`: `bucket.endpoint/key`, where the bucket's name allows it.",
    fallback: DEFAULTS.pathStyle,
    setting: 'stores.default.pathStyle',
  }),
  DROVER_S3_CREDENTIALS: variable(z.enum(['static', 'environment', 'default']), {
    description:
      "`static`: the next three. `environment`: `AWS_ACCESS_KEY_ID` and so on. `default`: the AWS SDK's chain (environment, profile, container, instance).",
    fallback: 'static',
    setting: 'stores.default.credentials',
  }),
  DROVER_S3_ACCESS_KEY: variable(text, {
    description: 'Access key at the store. Goes together with the secret.',
    fallback: DEV_ACCESS_KEY,
    setting: 'stores.default.credentials',
  }),
  DROVER_S3_SECRET_KEY: variable(text, {
    description: 'Its secret.',
    fallback: DEV_SECRET_KEY,
    setting: 'stores.default.credentials',
  }),
  DROVER_S3_SESSION_TOKEN: variable(text, {
    description: 'Session token of temporary credentials.',
    words: 'none',
    setting: 'stores.default.credentials',
  }),
  DROVER_ACCOUNT_ID: variable(accountId, {
    description: 'The account, twelve digits: what clients give as account id.',
    fallback: DEV_ACCOUNT_ID,
    setting: 'accounts[].id',
  }),
  DROVER_ACCESS_KEY: variable(text, {
    description: 'Access key that clients of the API sign with. Goes together with the secret.',
    fallback: DEV_ACCESS_KEY,
    setting: 'accounts[].keys',
  }),
  DROVER_SECRET_KEY: variable(text, {
    description: 'Its secret.',
    fallback: DEV_SECRET_KEY,
    setting: 'accounts[].keys',
  }),
  DROVER_ROLE_ARN: variable(roleArn, {
    description: "A role that jobs may act as, with the stores' own credentials and all buckets.",
    words: '`arn:aws:iam::<account>:role/drover`',
    setting: 'roles[].arn',
  }),
  DROVER_WORKSPACE_BUCKET: variable(z.string().min(3), {
    description:
      'Bucket for manifest indexes and report parts. It must exist (`npm run dev` and Docker Compose make it).',
    fallback: DEFAULTS.workspaceBucket,
    setting: 'workspace.bucket',
  }),
  DROVER_WORKSPACE_PREFIX: variable(workspacePrefix, {
    description: 'Prefix in it: empty, or ending in `/`. Each job gets a folder.',
    fallback: DEFAULTS.workspacePrefix,
    setting: 'workspace.prefix',
  }),
  DROVER_WORKSPACE_KEEP_DAYS: variable(z.coerce.number().int().min(1).max(3_650), {
    description:
      'Days after which Drover removes the folders of ended jobs that nothing needs any more, and manifests that were sent to the API, 1 to 3650. See [cleaning-up.md](cleaning-up.md).',
    words: 'none: nothing is removed',
    setting: 'workspace.keepDays',
  }),
  DROVER_LAMBDA_ENDPOINT: variable(endpoint, {
    description:
      "Another server with Lambda's Invoke call. Functions are called by name there, without account and region.",
    words: 'AWS Lambda in the region',
    setting: 'functions.endpoint',
  }),
  DROVER_GLACIER_ENDPOINT: variable(endpoint, {
    description: "Another server with Amazon Glacier's calls.",
    words: 'Amazon Glacier in the region',
    setting: 'vaults.endpoint',
  }),
  DROVER_HTTP_INVOKE_URL: variable(webhookPrefix, {
    description:
      'URL that jobs may call with `HttpInvoke`, and every URL below it; for roles that the file does not describe.',
    words: 'none: no address may be called',
    setting: 'roles[].webhooks',
  }),
  DROVER_HTTP_INVOKE_SECRET: variable(webhookSecret, {
    description: 'Key of the HMAC-SHA256 signature of these requests.',
    words: 'none: not signed',
    setting: 'roles[].webhooks[].secret',
  }),
  DROVER_BATCH_SLOTS: variable(z.coerce.number().int().min(1).max(64), {
    description:
      'Batches that the dispatcher hands to one worker at a time, 1 to 64. A worker has twice as many activity slots.',
    fallback: DEFAULTS.batchSlots,
    setting: 'worker.batchSlots',
  }),
  DROVER_HEARTBEAT_TIMEOUT_SECONDS: variable(
    z.coerce.number().int().min(LIMITS.batch.heartbeatTimeoutSecondsMin).max(LIMITS.batch.heartbeatTimeoutSecondsMax),
    {
      description:
        'Seconds without a heartbeat after which other workers take the batches of a worker, 5 to 600. The API reads it: a job keeps the value from its creation.',
      fallback: DEFAULTS.heartbeatTimeoutSeconds,
      setting: 'worker.heartbeatTimeoutSeconds',
    },
  ),
  DROVER_WORKER_METRICS_ADDRESS: variable(listenAddress, {
    description:
      "Address, `host:port`, at which a worker serves its metrics and those of Temporal's SDK for Prometheus (`GET /metrics`), without credentials. `127.0.0.1:9465` for this machine alone; port 0: any free one, for several workers on a machine.",
    words: 'none: no metrics are served',
    setting: 'worker.metrics',
  }),
  DROVER_TRACES_ENDPOINT: variable(endpoint, {
    description:
      'URL of an OpenTelemetry receiver (OTLP over HTTP), such as `http://127.0.0.1:4318`. API and workers send it spans of jobs, chunks, batches and a sample of requests, to `/v1/traces` below the URL.',
    words: 'none: no traces',
    setting: 'traces.endpoint',
  }),
  DROVER_TRACES_REQUEST_SHARE: variable(z.coerce.number().min(0).max(1), {
    description: 'Share of the requests of these jobs that have a span of their own, 0 to 1.',
    fallback: DEFAULTS.traceRequestShare,
    setting: 'traces.requestShare',
  }),
  DROVER_TASK_QUEUE: variable(text, {
    description:
      'Prefix of the task queues `<prefix>-jobs` and `<prefix>-objects`: apart for installations in one namespace.',
    fallback: DEFAULTS.taskQueue,
    setting: 'temporal.taskQueue',
  }),
  DROVER_LOG_LEVEL: variable(z.enum(LOG_LEVELS), {
    description: '`trace`, `debug`, `info`, `warn` or `error`. Logs are JSON lines.',
    fallback: DEFAULTS.logLevel,
    setting: 'logLevel',
  }),
  TEMPORAL_ADDRESS: variable(temporalAddress, {
    description: "Temporal's frontend, `host:port`.",
    fallback: DEFAULTS.temporalAddress,
    setting: 'temporal.address',
  }),
  TEMPORAL_NAMESPACE: variable(text, {
    description: 'Namespace of the jobs.',
    fallback: DEFAULTS.temporalNamespace,
    setting: 'temporal.namespace',
  }),
  TEMPORAL_UI_URL: variable(httpUrl, {
    description: "Temporal's UI as people reach it: jobs then have a link to their workflow.",
    words: 'none',
    setting: 'temporal.uiUrl',
  }),
  TEMPORAL_API_KEY: variable(text, {
    description: 'API key, as Temporal Cloud gives it. It turns TLS on, unless `TEMPORAL_TLS` is `false`.',
    words: 'none',
    setting: 'temporal.apiKey',
  }),
  TEMPORAL_TLS: variable(z.stringbool(), {
    description: '`true`: TLS. `false`: no TLS, even if the file turns it on.',
    words: '`true` with one of the next four or an API key, else `false`',
    setting: 'temporal.tls',
  }),
  TEMPORAL_TLS_CA: variable(text, {
    description: "PEM file of the authorities that the server's certificate may be signed by.",
    words: "the system's",
    setting: 'temporal.tls.caFile',
  }),
  TEMPORAL_TLS_CERT: variable(text, {
    description: 'PEM file of the client certificate (mTLS). Goes together with the key.',
    words: 'none',
    setting: 'temporal.tls.certFile',
  }),
  TEMPORAL_TLS_KEY: variable(text, {
    description: 'PEM file of its private key, without a passphrase.',
    words: 'none',
    setting: 'temporal.tls.keyFile',
  }),
  TEMPORAL_TLS_SERVER_NAME: variable(text, {
    description: "Name that the server's certificate must have.",
    words: 'the host of the address',
    setting: 'temporal.tls.serverName',
  }),
});

export type Environment = z.output<typeof environmentSchema>;

/** Throws `ConfigurationError` that names every wrong variable. Empty variables count as absent. */
export function parseEnvironment(env: NodeJS.ProcessEnv): Environment {
  return parseVariables(environmentSchema, env);
}
