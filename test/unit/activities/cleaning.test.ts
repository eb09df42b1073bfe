/**
 * Goal: what may still be needed of a job stays in the workspace. Method: every kind of job that Temporal may tell of, and a workspace
 * in memory that another installation cleans, or whose ages the store does not tell. test/stack/installation/cleaning.test.ts has the whole way.
 */
import { claimWorkspace } from '../../../activities/cleaning/claim';
import { type Folder, oldObjectsIn } from '../../../activities/cleaning/folders';
import { canBeMissed } from '../../../activities/cleaning/verdict';
import type { KnownJob } from '../../../activities/dependencies';
import type { JobSnapshot, JobStatus } from '../../../contracts/job';
import type { ListedEntry } from '../../../storage/object-store';
import { MemoryStore } from '../../support/memory-store/store';

const ENDED_BEFORE_MS = 1_000;

function ended(status: JobStatus, failed: number, more: Partial<JobSnapshot> = {}): KnownJob {
  const snapshot = { status, tally: { succeeded: 5, failed, pending: 0 }, ...more } as JobSnapshot;
  return { endedAtMs: ENDED_BEFORE_MS - 1, snapshot, wantsReport: true };
}

const REPORT = { reportManifestKey: 'manifest.json' };

test.each<[string, KnownJob | undefined, boolean]>([
  ['forgotten by Temporal', undefined, true],
  ['running', { wantsReport: true }, false],
  ['complete, with its report', ended('Complete', 0, REPORT), true],
  ['complete, and wants no report', { ...ended('Complete', 0), wantsReport: false }, true],
  ['complete, without the report that it wanted', ended('Complete', 0), false],
  ['complete, a moment too late', { ...ended('Complete', 0, REPORT), endedAtMs: ENDED_BEFORE_MS }, false],
  ['complete, with a failed task: it may be retried', ended('Complete', 1, REPORT), false],
  ['cancelled, and what ran succeeded', ended('Cancelled', 0, REPORT), true],
  ['terminated in Temporal', ended('Active', 0, REPORT), false],
  ['ended before it said anything', { endedAtMs: 1, wantsReport: true }, false],
])('a job %s', (_what, job, expected) => {
  expect(canBeMissed(job, ENDED_BEFORE_MS)).toBe(expected);
});

function folder(store: MemoryStore): Folder {
  return { store, bucket: 'workspace', prefix: 'jobs/', signal: new AbortController().signal };
}

test('one installation cleans a workspace', async () => {
  const store = new MemoryStore({ buckets: ['workspace'] });
  await claimWorkspace(folder(store), 'first');
  await expect(claimWorkspace(folder(store), 'first')).resolves.toBeUndefined();
  await expect(claimWorkspace(folder(store), 'second')).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    message: expect.stringContaining('is cleaned by another installation (first, this one is second)'),
  });
});

test.each<[string, ListedEntry, number | undefined]>([
  ['is old', { bucket: 'workspace', key: 'jobs/a', lastModifiedMs: 1 }, 1],
  ['is young', { bucket: 'workspace', key: 'jobs/a', lastModifiedMs: ENDED_BEFORE_MS }, undefined],
  ['has an age that the store does not tell', { bucket: 'workspace', key: 'jobs/a' }, undefined],
  ['names an upload', { bucket: 'workspace', key: 'jobs/uploads/0/1.json', lastModifiedMs: 1 }, undefined],
])('an object that %s', async (_what, entry, expected) => {
  const store = new MemoryStore({ buckets: ['workspace'] });
  const page = { entries: [entry], prefixes: [], isTruncated: false };
  const listing = Object.assign(Object.create(store), { listPage: () => Promise.resolve(page) }) as MemoryStore;
  expect(await oldObjectsIn(folder(listing), ENDED_BEFORE_MS)).toBe(expected);
});
