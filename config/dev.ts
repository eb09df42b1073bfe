import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { defined } from '../contracts/defined';
import { NO_CONFIG_FILE } from './environment';
import { endpoint, temporalAddress } from './file/fields';
import { parseVariables, withoutEmpty } from './variables';

const port = z.coerce.number().int().min(1).max(65_535);
/** SeaweedFS takes four ports after its S3 port, and each of the five again plus 10,000. */
const S3_PORT_MAX = 65_535 - 10_000 - 4;
const s3Port = z.coerce
  .number()
  .int()
  .min(1)
  .refine(
    (value) => value <= S3_PORT_MAX,
    `must be at most ${S3_PORT_MAX}: SeaweedFS takes the next four ports too, and each of the five again plus 10,000`,
  );

/** Variables of the local stack (`npm run dev`, `demo`, `test`) beyond those that the processes read themselves. */
export const devEnvironmentSchema = z.object({
  DROVER_HOME: z.string().min(1).default('.drover'),
  DROVER_CONFIG: z.string().min(1).optional(),
  DROVER_API_HOST: z.string().min(1).default('127.0.0.1'),
  DROVER_API_PORT: port.default(8800),
  DROVER_S3_PORT: s3Port.default(8333),
  DROVER_TEMPORAL_PORT: port.default(7233),
  DROVER_TEMPORAL_UI_PORT: port.default(8233),
  DROVER_DEV_WORKERS: z.coerce.number().int().min(0).max(32).default(1),
  DROVER_S3_ENDPOINT: endpoint.optional(),
  TEMPORAL_ADDRESS: temporalAddress.optional(),
  XDG_CACHE_HOME: z.string().min(1).optional(),
  HOME: z.string().min(1).optional(),
  TEMPORAL_CLI: z.string().min(1).optional(),
  WEED: z.string().min(1).optional(),
  MOTO_SERVER: z.string().min(1).optional(),
  AWS_CLI: z.string().min(1).optional(),
  BOTO3_PYTHON: z.string().min(1).optional(),
  POWERTOOLS_PYTHON: z.string().min(1).optional(),
  PYARROW_PYTHON: z.string().min(1).optional(),
  SCHEMATHESIS: z.string().min(1).optional(),
  SERVERLESS: z.string().min(1).optional(),
  TEMPORAL_TEST_SERVER: z.string().min(1).optional(),
  VERSITYGW: z.string().min(1).optional(),
  CHROMIUM: z.string().min(1).optional(),
  HELM: z.string().min(1).optional(),
  KUBERNETES_VALIDATE: z.string().min(1).optional(),
  PROMTOOL: z.string().min(1).optional(),
});

/** Variables that name a binary, before anything is looked for. */
export type ToolVariable =
  | 'TEMPORAL_CLI'
  | 'WEED'
  | 'MOTO_SERVER'
  | 'AWS_CLI'
  | 'BOTO3_PYTHON'
  | 'POWERTOOLS_PYTHON'
  | 'PYARROW_PYTHON'
  | 'SCHEMATHESIS'
  | 'SERVERLESS'
  | 'TEMPORAL_TEST_SERVER'
  | 'VERSITYGW'
  | 'CHROMIUM'
  | 'HELM'
  | 'KUBERNETES_VALIDATE'
  | 'PROMTOOL';

export interface DevConfig {
  /** Absolute. Holds temporal.db, s3/, run/ and log/. */
  readonly home: string;
  /** Absolute. Fetched tools, shared by all checkouts of this user. */
  readonly cacheDir: string;
  readonly apiHost: string;
  readonly apiPort: number;
  readonly s3Port: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly workers: number;
  /** Absolute. Absent: the processes read none. */
  readonly configFile?: string;
  /** Running servers to use; the stack starts none of that kind then. */
  readonly s3Endpoint?: string;
  readonly temporalAddress?: string;
  readonly tools: Readonly<Partial<Record<ToolVariable, string>>>;
}

/** Throws `ConfigurationError` that names every wrong variable. Empty variables count as absent. */
export function loadDevConfig(env: NodeJS.ProcessEnv = process.env): DevConfig {
  const given = parseVariables(devEnvironmentSchema, env);
  const tools: Partial<Record<ToolVariable, string>> = {};
  for (const name of TOOL_VARIABLES) {
    const value = given[name];
    if (value !== undefined) tools[name] = value;
  }
  return {
    home: resolve(given.DROVER_HOME),
    cacheDir: cacheDir(given),
    apiHost: given.DROVER_API_HOST,
    apiPort: given.DROVER_API_PORT,
    s3Port: given.DROVER_S3_PORT,
    temporalPort: given.DROVER_TEMPORAL_PORT,
    temporalUiPort: given.DROVER_TEMPORAL_UI_PORT,
    workers: given.DROVER_DEV_WORKERS,
    ...(given.DROVER_CONFIG === undefined || given.DROVER_CONFIG === NO_CONFIG_FILE
      ? {}
      : { configFile: resolve(given.DROVER_CONFIG) }),
    ...defined({ s3Endpoint: given.DROVER_S3_ENDPOINT, temporalAddress: given.TEMPORAL_ADDRESS }),
    tools,
  };
}

const TOOL_VARIABLES: readonly ToolVariable[] = [
  'TEMPORAL_CLI',
  'WEED',
  'MOTO_SERVER',
  'AWS_CLI',
  'BOTO3_PYTHON',
  'POWERTOOLS_PYTHON',
  'PYARROW_PYTHON',
  'SCHEMATHESIS',
  'SERVERLESS',
  'TEMPORAL_TEST_SERVER',
  'VERSITYGW',
  'CHROMIUM',
  'HELM',
  'KUBERNETES_VALIDATE',
  'PROMTOOL',
];

/** XDG base directory specification; a user without a home gets a folder of their own under the system's temporary one. */
function cacheDir(env: { XDG_CACHE_HOME?: string | undefined; HOME?: string | undefined }): string {
  if (env.XDG_CACHE_HOME !== undefined) return join(resolve(env.XDG_CACHE_HOME), 'drover');
  if (env.HOME !== undefined) return join(resolve(env.HOME), '.cache', 'drover');
  return join(tmpdir(), `drover-cache-${userInfo().uid}`);
}

/** The environment as it is, for tools that are fetched or run as the user would (pip, go, npm, docker). */
export function userEnvironment(): Record<string, string> {
  return withoutEmpty(process.env);
}

/** npm, and the shell that it starts scripts with, stand between the person and the program. */
export function isRunByNpm(): boolean {
  return process.env['npm_lifecycle_event'] !== undefined;
}

const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|TERM|NODE_.*|SSL_CERT_.*|XDG_.*|DOCKER_.*|JAVA_HOME|(https?|no|all)_proxy)$/i;
const OURS = /^(DROVER|AWS|TEMPORAL)_/;

/**
 * What a supervised process gets: the user's basics, the settings of Drover, AWS and Temporal, and over them the stack's own.
 * A configuration file in the working directory is for a real installation: read only when it is named.
 */
export function childEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const env = userEnvironment();
  const kept = Object.entries(env).filter(([name]) => PASSED_ON.test(name) || OURS.test(name));
  return { DROVER_CONFIG: NO_CONFIG_FILE, ...Object.fromEntries(kept), ...settings };
}
