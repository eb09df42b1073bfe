import { randomBytes } from 'node:crypto';
import type { BatchResult, JobRef } from '../contracts/engine/activities';
import { workspaceKeys } from '../contracts/engine/naming';
import { executed, type Tally } from '../contracts/engine/outcome';
import type { CallOptions, ListObjectsInput, ObjectRef, ObjectStore } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { slicePart } from './report-part';

type Job = Pick<JobRef, 'workspace'>;

export function partRef({ workspace }: Job, batch: number): ObjectRef {
  return { bucket: workspace.bucket, key: workspaceKeys.part(workspace.prefix, batch) };
}

export function openPartRef({ workspace }: Job, batch: number, token: string): ObjectRef {
  return { bucket: workspace.bucket, key: workspaceKeys.openPart(workspace.prefix, batch, token) };
}

/** Says how many rows the part has, so that the fullest of a batch is found without reading them. */
export function openPartToken(tally: Tally): string {
  return `${executed(tally)}-${randomBytes(6).toString('hex')}`;
}

/**
 * How far a batch has come by the workspace alone: for attempts that ended without a word of their own, whose last flush
 * nobody may have heard of. Undefined when nothing was flushed.
 */
export async function recordedBatch(
  store: ObjectStore,
  job: Job,
  batch: number,
  options: CallOptions = {},
): Promise<BatchResult | undefined> {
  const fullest = await fullestToken(store, job, batch, options);
  const bytes = fullest && (await readIfThere(store, openPartRef(job, batch, fullest), options));
  // Last, for open parts are removed once it is there.
  const finished = await readIfThere(store, partRef(job, batch), options);
  if (finished) return { status: 'done', tally: slicePart(finished).tally };
  const { done, tally } = bytes ? slicePart(bytes) : {};
  if (fullest === undefined || done === undefined || tally === undefined) return undefined;
  return { status: 'interrupted', checkpoint: { v: 1, done, tally, part: fullest } };
}

async function fullestToken(
  store: ObjectStore,
  { workspace }: Job,
  batch: number,
  options: CallOptions,
): Promise<string | undefined> {
  const Prefix = workspaceKeys.openParts(workspace.prefix, batch);
  let fullest: { readonly token: string; readonly rows: number } | undefined;
  let next: Pick<ListObjectsInput, 'ContinuationToken'> | undefined = {};
  while (next) {
    const page = await store.listObjects({ Bucket: workspace.bucket, Prefix, ...next }, options);
    for (const { key } of page.objects) {
      const token = key.slice(Prefix.length);
      const rows = rowsOfToken(token);
      if (rows !== undefined && rows > (fullest?.rows ?? 0)) fullest = { token, rows };
    }
    next = page.next;
  }
  return fullest?.token;
}

/** Undefined for a token of a former version, whose part does not say which rows it has. */
function rowsOfToken(token: string): number | undefined {
  const rows = /^(\d+)-[0-9a-f]+$/.exec(token)?.[1];
  return rows === undefined ? undefined : Number(rows);
}

export async function readIfThere(
  store: ObjectStore,
  ref: ObjectRef,
  options: CallOptions = {},
): Promise<Buffer | undefined> {
  try {
    return await store.read(ref, options);
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return undefined;
    throw error;
  }
}
