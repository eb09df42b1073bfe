/**
 * Goal: a source is shown as a job would work on it, and what failed in a job can be done again, with one report of both.
 * Method: REST and the command line on SeaweedFS; afterwards AWS's own client tells what has changed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../../cli/run';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';

let drover: TestDrover;
let buckets: Buckets;
let names: { readonly herd: string; readonly lists: string };
let folder: string;

const KEYS = ['logs/a.gz', 'logs/b b+%.gz', 'logs/é, "q".gz', 'logs/large.bin', 'other/c.gz'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drover-retry-'));
  ({ drover, buckets, names } = await startDroverOnBuckets(['herd', 'lists']));
  for (const key of KEYS) await buckets.put(names.herd, key, Buffer.alloc(key.endsWith('.bin') ? 5_000 : 10));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await drover?.close();
});

class Collected extends Writable {
  readonly pieces: Buffer[] = [];
  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.pieces.push(piece);
    done();
  }
  get text(): string {
    return Buffer.concat(this.pieces).toString('utf8');
  }
}

async function cli(...argv: string[]) {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const stdin = (async function* () {})();
  const code = await run(argv, { terminal: { stdout, stderr }, stdin, env: { DROVER_API_URL: drover.apiUrl } });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

test('a preview counts what a filter lets pass, and shows it', async () => {
  const { code, stdout } = await cli('preview', '--from', `s3://${names.herd}/logs/`, '--first', '2', '--json');
  expect(code).toBe(0);
  const { totals, rows } = JSON.parse(stdout);
  expect(totals).toMatchObject({ objects: 4, bytes: 5_030, untoldSizes: 0, deleteMarkers: 0, asked: 0 });
  expect(totals.bySize).toEqual([
    { fromBytes: 0, belowBytes: 1_024, objects: 3, bytes: 30 },
    { fromBytes: 1_024, belowBytes: 1_048_576, objects: 1, bytes: 5_000 },
  ]);
  expect(rows.map((row: { key: string }) => row.key)).toEqual(['logs/a.gz', 'logs/b b+%.gz']);

  const text = await cli('preview', '--from', `s3://${names.herd}/`, '--include', '*.gz', '--smaller-than', '1KiB');
  expect(text.stdout).toMatch(/^Objects +4\nSize +40 B\n/);
  expect(text.stdout).toContain('other/c.gz');
  expect((await drover.api.listJobs(new URLSearchParams())).jobs).toEqual([]);
});

test('a source that can not be read says why', async () => {
  const missing = await cli('preview', '--manifest', `s3://${names.lists}/nothing/*.csv`);
  expect(missing).toMatchObject({ code: 1 });
  expect(missing.stderr).toMatch(/ManifestNotFound: No manifest matches nothing\/\*\.csv/);
  const wrong = await cli('preview', '--from', `s3://${names.herd}/`, '--regex', '(a');
  expect(wrong.stderr).toMatch(/BadRequestException: Filter\.KeyMatches/);
});

test('the list of a preview is the manifest of a job on the same objects', async () => {
  const file = join(folder, 'list.csv');
  const written = await cli('preview', '--from', `s3://${names.herd}/logs/`, '--include', '*.gz', '-o', file);
  expect(written).toMatchObject({ code: 0 });
  expect(readFileSync(file, 'utf8').split('\n').sort().at(-1)).toMatch(new RegExp(`^${names.herd},logs/[^,]+$`));
  const made = await cli(
    ...['create', '--operation', 'S3PutObjectTagging', '--set', 'TagSet.by=list', '--manifest', file, '--wait'],
  );
  expect(made).toMatchObject({ code: 0 });
  for (const key of KEYS) {
    const tagged = key.startsWith('logs/') && key.endsWith('.gz');
    expect((await buckets.tags(names.herd, key))['by']).toBe(tagged ? 'list' : undefined);
  }
});

test('a retry does what failed again, and the merged report says how all ended', async () => {
  const report = ['--report', `s3://${names.lists}/reports`];
  const first = await cli(
    ...['create', '--operation', 'S3PutObjectTagging', '--set', 'TagSet.by=retry', ...report, '--wait', '--json'],
    ...['--manifest', await rawList([KEYS[0]!, 'late+1', 'never'])],
    ...['--key-encoding', 'raw', '--description', 'three', '--tag', 'team=data', '--priority', '7'],
  );
  const { jobId: firstId } = JSON.parse(first.stdout);
  await buckets.put(names.herd, 'late+1', 'here now');

  const retry = await cli('retry', firstId, '--wait', '--json');
  expect(retry.stderr).toContain(`job ${firstId}: 2 of 3 tasks failed; retrying 2`);
  const retried = JSON.parse(retry.stdout);
  expect(retried).toMatchObject({
    description: `Retry of ${firstId}: three`,
    priority: 7,
    progress: { totalTasks: 2, succeeded: 1, failed: 1 },
  });
  expect((await buckets.tags(names.herd, 'late+1'))['by']).toBe('retry');

  await buckets.put(names.herd, 'never', 'after all');
  const again = JSON.parse((await cli('retry', retried.jobId, '--wait', '--json')).stdout);
  expect(again.progress).toMatchObject({ totalTasks: 1, succeeded: 1 });
  const merged = await cli('report', again.jobId, '--merged');
  expect(statuses(merged.stdout)).toEqual([
    ['late%2B1', 'succeeded'],
    [KEYS[0], 'succeeded'],
    ['never', 'succeeded'],
  ]);
  const former = await cli('report', retried.jobId, '--merged', '--rows', 'failed');
  expect(statuses(former.stdout)).toEqual([['never', 'failed']]);

  const nothing = await cli('retry', again.jobId);
  expect(nothing).toMatchObject({ code: 1, stdout: '' });
  expect(nothing.stderr).toContain(`No task of job ${again.jobId} has failed: there is nothing to retry`);
  expect((await cli('report', firstId, '--merged')).stderr).toContain('retries no other');
});

test('a job like another takes the manifest as it is now', async () => {
  await buckets.put(names.lists, 'like.csv', `${names.herd},${KEYS[0]}\n`);
  const set = ['--operation', 'S3PutObjectTagging', '--set', 'TagSet.by=first', '--json', '--wait'];
  const first = JSON.parse((await cli('create', ...set, '--manifest', `s3://${names.lists}/like.csv`)).stdout);
  await buckets.put(names.lists, 'like.csv', `${names.herd},${KEYS[4]}\n`);
  const like = ['create', '--like', first.jobId, '--set', 'TagSet.by=second', '--wait', '--json'];
  expect((await cli(...like, '--same-manifest')).code).toBe(1);
  expect((await cli(...like)).code).toBe(0);
  expect(await buckets.tags(names.herd, KEYS[4]!)).toMatchObject({ by: 'second' });
});

async function rawList(keys: readonly string[]): Promise<string> {
  await buckets.put(names.lists, 'raw.csv', keys.map((key) => `${names.herd},${key}\n`).join(''));
  return `s3://${names.lists}/raw.csv`;
}

/** By key: a report has its rows in the order in which their tasks ended. */
function statuses(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
    .map((fields) => [fields[1] ?? '', fields[3] ?? ''])
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1));
}
