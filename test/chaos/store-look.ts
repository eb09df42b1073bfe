/** What the store has, past every proxy, by AWS's own client. */
import { createHash, randomBytes } from 'node:crypto';
import { ListBucketsCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { Buckets, ListedObject } from '../support/stack/buckets';
import type { ObjectState } from './evidence';
import { besidesOf, BYSTANDERS, folderOf, MANIFESTS, METADATA, rowsOf, SOURCE, TAG, TARGET, targetKeyOf } from './rows';
import type { JobKind, JobPlan } from './script';

/** Three parts, with the limits of small-limits.cjs. */
const LARGE_BODY = randomBytes(11 * 1024 * 1024);
const LOOKS_IN_FLIGHT = 24;

export interface JobBefore {
  /** Source objects by key, those of the manifest and those beside it. */
  readonly source: ReadonlyMap<string, ListedObject>;
}

/** Puts the objects of a job there; gives how they are. */
export async function putObjects(buckets: Buckets, seed: number, job: JobPlan): Promise<JobBefore> {
  const there = rowsOf(seed, job).filter(({ isThere }) => isThere);
  const keys = [...new Set(there.map(({ key }) => key!))];
  if (isLarge(job)) for (const key of keys) await buckets.put(SOURCE, key, LARGE_BODY);
  else await buckets.putMany(SOURCE, keys);
  await buckets.putMany(SOURCE, besidesOf(seed, job));
  return { source: byKey(await buckets.list(SOURCE, folderOf(seed, job))) };
}

function isLarge({ kind }: JobPlan): boolean {
  return kind === 'largeCopy' || kind === 'largeMove';
}

/** By key of the manifest, each once. */
export async function statesOf(
  buckets: Buckets,
  seed: number,
  job: JobPlan,
  before: JobBefore,
): Promise<Map<string, ObjectState>> {
  const folder = folderOf(seed, job);
  const source = byKey(await buckets.list(SOURCE, folder));
  const target = byKey(await buckets.list(TARGET, targetKeyOf(folder)));
  const keys = new Set(rowsOf(seed, job).flatMap(({ key }) => key ?? []));
  const states = new Map<string, ObjectState>();
  await inLanes([...keys], async (key) => {
    const was = before.source.get(key);
    const is = source.get(key);
    const copy = target.get(targetKeyOf(key));
    states.set(key, await stateOf(buckets, job, { key, was, is, copy }));
  });
  return states;
}

interface Seen {
  readonly key: string;
  readonly was: ListedObject | undefined;
  readonly is: ListedObject | undefined;
  readonly copy: ListedObject | undefined;
}

async function stateOf(buckets: Buckets, job: JobPlan, seen: Seen): Promise<ObjectState> {
  const { was, is, copy } = seen;
  if (was === undefined) return stateOfAbsent(job, is ?? copy);
  if (is !== undefined && is.etag !== was.etag) return 'broken';
  return is === undefined ? stateOfRemoved(buckets, job, seen) : stateOfKept(buckets, job, seen);
}

/** There was no object: a delete has nothing to do, and nothing else may have made one. */
function stateOfAbsent({ kind }: JobPlan, made: ListedObject | undefined): ObjectState {
  if (made !== undefined) return 'broken';
  return kind === 'delete' ? 'done' : 'undone';
}

async function stateOfRemoved(buckets: Buckets, job: JobPlan, seen: Seen): Promise<ObjectState> {
  if (job.kind === 'delete') return 'done';
  const isMoved = MOVING.includes(job.kind) && seen.copy !== undefined && (await isEqual(buckets, job, seen));
  return isMoved ? 'done' : 'broken';
}

async function stateOfKept(buckets: Buckets, job: JobPlan, seen: Seen): Promise<ObjectState> {
  const { key, copy } = seen;
  if (job.kind === 'tag') return doneIf((await buckets.tags(SOURCE, key))[TAG.Key] === TAG.Value);
  if (job.kind === 'metadata') return doneIf((await buckets.head(SOURCE, key)).Metadata?.['chaos'] === METADATA.chaos);
  if (copy === undefined) return 'undone';
  if (!(await isEqual(buckets, job, seen))) return 'broken';
  return doneIf(!MOVING.includes(job.kind));
}

const MOVING: readonly JobKind[] = ['move', 'largeMove', 'pipeline'];

function doneIf(done: boolean): ObjectState {
  return done ? 'done' : 'undone';
}

async function isEqual(buckets: Buckets, job: JobPlan, { key, was, copy }: Seen): Promise<boolean> {
  if (!isLarge(job)) return copy?.etag === was?.etag;
  return md5(await buckets.get(TARGET, targetKeyOf(key))) === md5(LARGE_BODY);
}

function md5(content: Buffer): string {
  return createHash('md5').update(content).digest('hex');
}

/** Everything that no job of the seed may touch, as comparable lines. */
export async function bystanders(buckets: Buckets, seed: number, jobs: readonly JobPlan[]): Promise<string[]> {
  const { Buckets: all = [] } = await buckets.client.send(new ListBucketsCommand({}));
  const besides = new Set(jobs.flatMap((job) => besidesOf(seed, job)));
  const listed = [
    ...named(BYSTANDERS, await buckets.list(BYSTANDERS)),
    ...named(MANIFESTS, await buckets.list(MANIFESTS, `s${seed}/`)),
    ...named(
      SOURCE,
      (await buckets.list(SOURCE, `s${seed}/`)).filter(({ key }) => besides.has(key)),
    ),
  ];
  return [...all.map(({ Name }) => `bucket ${Name}`), ...listed];
}

function named(bucket: string, objects: readonly ListedObject[]): string[] {
  return objects.map(({ key, etag, lastModified }) => `${bucket}/${key} ${etag} ${lastModified}`);
}

/** Keys below the seed's folders that it has no use for. */
export async function strangers(buckets: Buckets, seed: number, jobs: readonly JobPlan[]): Promise<string[]> {
  const own = new Set(jobs.flatMap((job) => [...besidesOf(seed, job), ...keysOf(seed, job)]));
  const made = new Set(jobs.filter(makesCopies).flatMap((job) => keysOf(seed, job).map(targetKeyOf)));
  const source = (await buckets.list(SOURCE, `s${seed}/`)).filter(({ key }) => !own.has(key));
  const target = (await buckets.list(TARGET, targetKeyOf(`s${seed}/`))).filter(({ key }) => !made.has(key));
  return [...source.map(({ key }) => `${SOURCE}/${key}`), ...target.map(({ key }) => `${TARGET}/${key}`)];
}

function makesCopies({ kind }: JobPlan): boolean {
  return !['tag', 'metadata', 'delete'].includes(kind);
}

function keysOf(seed: number, job: JobPlan): string[] {
  return rowsOf(seed, job).flatMap(({ key }) => key ?? []);
}

export async function uploadsLeft(buckets: Buckets, seed: number): Promise<string[]> {
  const left: string[] = [];
  for (const Bucket of [SOURCE, TARGET]) {
    const { Uploads = [] } = await buckets.client.send(new ListMultipartUploadsCommand({ Bucket }));
    const ours = Uploads.filter(({ Key = '' }) => Key.includes(`s${seed}/`));
    left.push(...ours.map(({ Key, UploadId }) => `${Bucket}/${Key} ${UploadId}`));
  }
  return left;
}

function byKey(objects: readonly ListedObject[]): Map<string, ListedObject> {
  return new Map(objects.map((object) => [object.key, object]));
}

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const lane = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: LOOKS_IN_FLIGHT }, lane));
}
