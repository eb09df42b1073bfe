import type { JobHead, JobInput, JobMemo, JobRequest, Workspace } from './job';
import { SEARCH_ATTRIBUTES } from './naming';
import { operationName } from './operation-element';
import { sourceText } from './source-text';

/**
 * What a job workflow is started with besides its input. The API starts jobs and so does a schedule's run, inside a
 * workflow: hence nothing here but plain computation.
 */

/** Temporal refuses summaries above 400 bytes. */
const SUMMARY_SOURCE_BYTES_MAX = 200;

/** The folder of one job below the prefix of all. */
export function jobFolder(workspace: Workspace, jobId: string): Workspace {
  return { bucket: workspace.bucket, prefix: `${workspace.prefix}${jobId}/` };
}

/** The folder of all jobs, of which `jobFolder` has made this one. */
export function folderOfJobs(folder: Workspace, jobId: string): Workspace {
  const own = `${jobId}/`;
  return folder.prefix.endsWith(own) ? { ...folder, prefix: folder.prefix.slice(0, -own.length) } : folder;
}

/** `requestDigest` tells a repeated request from a reused token; empty for jobs that no client's token stands for. */
export function jobMemo(input: JobInput, requestDigest: string): JobMemo {
  const { request, account, createdAt, region } = input;
  const tags = request.Tags === undefined || request.Tags.length === 0 ? {} : { tags: { Tags: request.Tags } };
  return { head: jobHead(request), requestDigest, account, createdAt, region, ...tags };
}

export function jobHead({ Operation, Description, Priority, Limits }: JobRequest): JobHead {
  return {
    operation: operationName(Operation),
    ...(Description === undefined ? {} : { description: Description }),
    priority: Priority,
    ...(Limits === undefined ? {} : { limits: Limits }),
  };
}

/** Typed search attributes, in the shape of Temporal's SDK. */
export function jobSearchAttributes(input: JobInput) {
  return [
    keyword(SEARCH_ATTRIBUTES.account, input.account),
    keyword(SEARCH_ATTRIBUTES.operation, input.plan.operation),
    keyword(SEARCH_ATTRIBUTES.status, 'New'),
    { key: { name: SEARCH_ATTRIBUTES.priority, type: 'INT' as const }, value: input.request.Priority },
    keyword(SEARCH_ATTRIBUTES.jobId, input.jobId),
  ];
}

function keyword(name: string, value: string) {
  return { key: { name, type: 'KEYWORD' as const }, value };
}

/** What the Temporal UI shows of a job from its first moment: one line, and a table in Markdown. */
export function jobSummary({ request, plan, account }: JobInput): { readonly line: string; readonly details: string } {
  const { kind, text: where } = sourceText(request);
  const report = request.Report.Enabled
    ? `${request.Report.Bucket ?? ''} ${request.Report.Prefix ?? ''}`.trim()
    : 'none';
  const rows: [string, string][] = [
    ['Operation', plan.operation],
    [kind, where],
    ['Report', report],
    ['Role', request.RoleArn],
    ['Account', account],
    ['Token', request.ClientRequestToken],
  ];
  if (request.Description !== undefined) rows.unshift(['Description', request.Description]);
  const table = rows.map(([name, value]) => `| ${name} | ${value.replaceAll('|', '\\|').replace(/\s+/g, ' ')} |`);
  return {
    line: `${plan.operation} · ${shorten(where, SUMMARY_SOURCE_BYTES_MAX)} · priority ${request.Priority}`,
    details: ['| | |', '|---|---|', ...table].join('\n'),
  };
}

/** Cut at a character, to so many bytes of UTF-8. */
function shorten(text: string, bytesMax: number): string {
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += utf8Bytes(character.codePointAt(0) ?? 0);
    if (bytes > bytesMax) return `${kept}…`;
    kept += character;
  }
  return text;
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
