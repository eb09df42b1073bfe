import { bucketArn } from '../../contracts/arn';
import { defined } from '../../contracts/defined';
import type { JsonObject } from '../../contracts/job';
import { withoutTrailingSlashes } from '../../contracts/text/text';
import { UsageError } from '../usage-error';
import { type LimitOptions, limitsOf } from './limit-options';
import { filterOf } from './objects/filter-options';
import { s3Uri } from './objects/s3-uri';
import { sourceMembers, type SourceOptions } from './objects/source-options';
import type { SourceIo } from './objects/spool';
import { operationElement, type OperationOptions } from './operation-options';
import { parseJson, readText } from './read-json';
import { tagsOf } from './tag-options';

export interface CreateOptions extends LimitOptions, OperationOptions, SourceOptions {
  readonly request?: string;
  readonly report?: string;
  readonly reportScope?: string;
  readonly role?: string;
  readonly priority?: string;
  readonly description?: string;
  readonly token?: string;
  readonly confirmationRequired?: boolean;
  readonly confirm?: boolean;
  readonly tag?: readonly string[];
  readonly notificationUrl?: string;
}

type Members = Record<string, unknown>;

/**
 * The body of POST /api/jobs; what is left out gets its default there. `source`: its `Source`, where no option names one. Throws
 * `UsageError`.
 */
export async function buildRequest(options: CreateOptions, io: SourceIo, source?: Members): Promise<Members> {
  if (options.request === undefined) return fromOptions(options, io, source);
  const own = Object.entries(options).filter(([, value]) => value !== undefined);
  const other = own.find(([name]) => !['request', 'wait', 'json'].includes(name))?.[0];
  if (other !== undefined) throw new UsageError(`--request and ${flagOf(other)} cannot be combined`);
  return readRequest(options.request, io.stdin);
}

/** A request in JSON, from a file, or from stdin for `-`. Throws `UsageError`. */
export async function readRequest(file: string, stdin: AsyncIterable<Uint8Array>): Promise<Members> {
  const text = file === '-' ? await readAll(stdin) : await readText(file);
  return parseObject(text, file === '-' ? 'stdin' : file);
}

async function fromOptions(options: CreateOptions, io: SourceIo, source?: Members): Promise<Members> {
  const operation = await operationElement(options);
  // What is sent to the API is sent when nothing else can be wrong.
  const members = {
    ConfirmationRequired: false,
    ...plainMembers(options),
    Operation: operation,
    Report: reportOf(options),
    ...ownMembers(options),
  };
  if (source === undefined) return { ...members, ...(await sourceMembers(options, io)) };
  const Filter = filterOf(options);
  return { ...members, ...source, ...defined({ Filter }) };
}

function plainMembers(options: CreateOptions): Members {
  const { role, priority, description, token } = options;
  if (priority !== undefined && !/^\d{1,10}$/.test(priority)) {
    throw new UsageError('--priority must be a whole number, 0 or more');
  }
  const isConfirmed = options.confirmationRequired === true || options.confirm === true;
  return {
    ...defined({ ClientRequestToken: token, Description: description }),
    ...(priority === undefined ? {} : { Priority: Number(priority) }),
    ...defined({ RoleArn: role }),
    ...(isConfirmed ? { ConfirmationRequired: true } : {}),
  };
}

/** Those that options change of a former request, but for its operation and source. Throws `UsageError`. */
export function changedMembers(options: CreateOptions, former: Members): JsonObject {
  const { report, reportScope } = options;
  const own = ownMembers(options);
  const formerReport = (former['Report'] ?? {}) as Members;
  const isScopeAlone = report === undefined && reportScope !== undefined && formerReport['Enabled'] === true;
  return {
    ...plainMembers(options),
    ...own,
    ...(own['Limits'] === undefined ? {} : { Limits: { ...(former['Limits'] as object), ...own['Limits'] } }),
    ...(isScopeAlone ? { Report: { ...formerReport, ReportScope: reportScope } } : {}),
    ...(isScopeAlone || (report ?? reportScope) === undefined ? {} : { Report: reportOf(options) }),
  } as JsonObject;
}

function ownMembers(options: CreateOptions): Members {
  const { tag, notificationUrl } = options;
  const limits = limitsOf(options);
  return {
    ...(tag === undefined ? {} : { Tags: tagsOf(tag, '--tag') }),
    ...(Object.keys(limits).length === 0 ? {} : { Limits: limits }),
    ...defined({ NotificationUrl: notificationUrl }),
  };
}

function reportOf({ report, reportScope }: CreateOptions): Members {
  if (report === undefined) {
    if (reportScope !== undefined) throw new UsageError('--report-scope requires --report');
    return { Enabled: false };
  }
  const { bucket, key } = s3Uri(report, '--report');
  const prefix = withoutTrailingSlashes(key);
  return {
    Enabled: true,
    Bucket: bucketArn(bucket),
    ...(prefix === '' ? {} : { Prefix: prefix }),
    Format: 'Report_CSV_20180820',
    ReportScope: reportScope ?? 'AllTasks',
  };
}

function parseObject(text: string, where: string): Members {
  const value = parseJson(text, where);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`${where} must hold a JSON object`);
}

async function readAll(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stdin) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
