import { defined } from '../defined';
import type { JobHead, JobInput, JobMemo, JobRequest, JsonObject, Workspace } from '../job';
import { operationName } from '../operation-element';
import { limitsText } from '../text/limits-text';
import { reportText, requestFacts, targetText } from '../text/request-text';
import { sourceText } from '../text/source-text';
import { SEARCH_ATTRIBUTES } from './naming';

/**
 * What a job workflow is started with besides its input. The API starts jobs and so does a schedule's run, inside a
 * workflow: hence nothing here but plain computation.
 */

/** Temporal refuses summaries above 400 bytes. */
const SUMMARY_BYTES_MAX = { description: 60, source: 100, target: 80 };
/** Temporal refuses details above 20,000 bytes. */
const DETAILS_ROWS_MAX = 24;
const DETAILS_CELL_BYTES_MAX = 700;

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
    ...defined({ description: Description }),
    priority: Priority,
    ...defined({ limits: Limits }),
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
  const { text: where } = sourceText(request);
  const target = targetText(request.Operation);
  const parts = [
    ...(request.Description === undefined ? [] : [shorten(request.Description, SUMMARY_BYTES_MAX.description)]),
    plan.operation,
    shorten(where, SUMMARY_BYTES_MAX.source),
    ...(target === undefined ? [] : [`to ${shorten(target, SUMMARY_BYTES_MAX.target)}`]),
    `priority ${request.Priority}`,
  ];
  return {
    // JSON would make two bytes and more of each of these.
    line: parts.join(' · ').replace(/["\\]/g, "'").replace(/\s+/g, ' '),
    details: markdownTable([
      ['Description', request.Description],
      ['Operation', plan.operation],
      ...requestFacts(request as unknown as JsonObject),
      ['Limits', limitsText(request.Limits ?? {})],
      ['Report', reportText(request as unknown as JsonObject, undefined)],
      ['Account', account],
      ['Token', request.ClientRequestToken],
    ]),
  };
}

/** Rows with their labels, for the Temporal UI. What is undefined or empty is left out; what is long is cut. */
export function markdownTable(rows: readonly (readonly [string, string | readonly string[] | undefined])[]): string {
  const lines = rows
    .map(([name, value]) => [name, typeof value === 'object' ? value.join('; ') : (value ?? '')] as const)
    .filter(([, text]) => text !== '')
    .slice(0, DETAILS_ROWS_MAX)
    .map(([name, text]) => `| ${name} | ${shorten(cell(text), DETAILS_CELL_BYTES_MAX)} |`);
  return ['| | |', '|---|---|', ...lines].join('\n');
}

/** Text that people gave must not break the table. */
function cell(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
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
