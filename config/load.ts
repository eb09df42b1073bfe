import { z } from 'zod';
import { DroverError } from '../contracts/failures';
import { LIMITS } from '../contracts/limits';
import { DEFAULT_TASK_QUEUE } from '../contracts/naming';
import type { Config, Credentials } from './config';

/** The key, account and role of the embedded stack. Documented, hence no secret: refused where the API is reachable from outside. */
export const DEV_ACCESS_KEY = 'drover';
export const DEV_SECRET_KEY = 'drover-secret';
export const DEV_ACCOUNT_ID = '123456789012';
export const DEV_ROLE_ARN = `arn:aws:iam::${DEV_ACCOUNT_ID}:role/drover`;

const port = z.coerce.number().int().min(0).max(65_535);
const url = z.url({ protocol: /^https?$/ });

/** Every environment variable that the processes read, with its default. docs/configuration.md lists them. */
const environment = z.object({
  DROVER_API_HOST: z.string().min(1).default('127.0.0.1'),
  DROVER_API_PORT: port.default(8800),
  DROVER_S3_ENDPOINT: url.default('http://127.0.0.1:8333'),
  DROVER_S3_REGION: z.string().min(1).default('us-east-1'),
  DROVER_S3_PATH_STYLE: z.stringbool().default(true),
  DROVER_S3_ACCESS_KEY: z.string().min(1).optional(),
  DROVER_S3_SECRET_KEY: z.string().min(1).optional(),
  DROVER_S3_SESSION_TOKEN: z.string().min(1).optional(),
  DROVER_S3_CREDENTIALS: z.enum(['static', 'default']).default('static'),
  DROVER_ACCOUNT_ID: z
    .string()
    .regex(/^\d{12}$/, 'twelve digits')
    .default(DEV_ACCOUNT_ID),
  DROVER_ACCESS_KEY: z.string().min(1).default(DEV_ACCESS_KEY),
  DROVER_SECRET_KEY: z.string().min(1).default(DEV_SECRET_KEY),
  DROVER_ROLE_ARN: z
    .string()
    .regex(/^arn:[^:]+:iam::\d{12}:role\/.+$/, 'an IAM role ARN')
    .optional(),
  DROVER_WORKSPACE_BUCKET: z.string().min(3).default('drover-workspace'),
  DROVER_WORKSPACE_PREFIX: z
    .string()
    .regex(/^([^/].*\/)?$/, 'empty, or ending in / and not beginning with it')
    .default('drover/jobs/'),
  DROVER_LAMBDA_ENDPOINT: url.optional(),
  DROVER_BATCH_SLOTS: z.coerce.number().int().min(1).max(64).default(8),
  DROVER_TASK_QUEUE: z.string().min(1).default(DEFAULT_TASK_QUEUE),
  DROVER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_UI_URL: url.optional(),
});

export type Environment = z.output<typeof environment>;

/**
 * Settings of one process from its environment. Empty variables count as absent, as compose files produce them.
 * Throws `DroverError('InvalidConfiguration')` that names every wrong variable.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  // We know which Node we support; the SDK would say it on every start. Read by the SDK when its first client is built.
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new DroverError('InvalidConfiguration', problems.join('; '));
  }
  return toConfig(parsed.data);
}

function toConfig(env: Environment): Config {
  const credentials = storeCredentials(env);
  return {
    api: { host: env.DROVER_API_HOST, port: env.DROVER_API_PORT },
    temporal: {
      address: env.TEMPORAL_ADDRESS,
      namespace: env.TEMPORAL_NAMESPACE,
      taskQueue: env.DROVER_TASK_QUEUE,
      ...(env.TEMPORAL_UI_URL === undefined ? {} : { uiUrl: env.TEMPORAL_UI_URL }),
    },
    region: env.DROVER_S3_REGION,
    stores: [
      {
        name: 'default',
        endpoint: env.DROVER_S3_ENDPOINT,
        region: env.DROVER_S3_REGION,
        pathStyle: env.DROVER_S3_PATH_STYLE,
        credentials,
        buckets: [],
      },
    ],
    functions: {
      region: env.DROVER_S3_REGION,
      ...(env.DROVER_LAMBDA_ENDPOINT === undefined ? {} : { endpoint: env.DROVER_LAMBDA_ENDPOINT }),
    },
    roles: [
      {
        arn: env.DROVER_ROLE_ARN ?? `arn:aws:iam::${env.DROVER_ACCOUNT_ID}:role/drover`,
        accounts: [env.DROVER_ACCOUNT_ID],
        credentials: {},
        read: ['*'],
        write: ['*'],
        functions: ['*'],
        functionCredentials: credentials,
      },
    ],
    accounts: [
      {
        id: env.DROVER_ACCOUNT_ID,
        keys: [{ accessKeyId: env.DROVER_ACCESS_KEY, secretAccessKey: env.DROVER_SECRET_KEY }],
      },
    ],
    workspace: { store: 'default', bucket: env.DROVER_WORKSPACE_BUCKET, prefix: env.DROVER_WORKSPACE_PREFIX },
    notifications: { webhooks: [], sns: [], eventBridge: [], jobWebhooks: { allow: [] } },
    limits: {
      bucketRequestsInFlightMax: LIMITS.bucketRequestsInFlightMax,
      multipartAboveBytes: LIMITS.multipartAboveBytes,
      multipartPartBytes: LIMITS.multipartPartBytes,
    },
    worker: { batchSlots: env.DROVER_BATCH_SLOTS },
    logLevel: env.DROVER_LOG_LEVEL,
  };
}

function storeCredentials(env: Environment): Credentials {
  if (env.DROVER_S3_CREDENTIALS === 'default') return { kind: 'default' };
  if ((env.DROVER_S3_ACCESS_KEY === undefined) !== (env.DROVER_S3_SECRET_KEY === undefined)) {
    throw new DroverError(
      'InvalidConfiguration',
      'DROVER_S3_ACCESS_KEY and DROVER_S3_SECRET_KEY go together: one of them is missing',
    );
  }
  return {
    kind: 'static',
    accessKeyId: env.DROVER_S3_ACCESS_KEY ?? DEV_ACCESS_KEY,
    secretAccessKey: env.DROVER_S3_SECRET_KEY ?? DEV_SECRET_KEY,
    ...(env.DROVER_S3_SESSION_TOKEN === undefined ? {} : { sessionToken: env.DROVER_S3_SESSION_TOKEN }),
  };
}
