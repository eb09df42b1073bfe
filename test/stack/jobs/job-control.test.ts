/**
 * Goal: pause, resume and cancel take hold within seconds, whoever asks, and lose and repeat nothing. Method: the same steps by
 * Temporal's command line, by REST and by `drover`, while a proxy before the store makes every copy take its time and counts it.
 */
import { loadDevConfig, userEnvironment } from '../../../config/dev';
import { jobWorkflowId } from '../../../contracts/engine/naming';
import { provideTemporal } from '../../../dev/tools/temporal';
import { eventually } from '../../support/eventually';
import { type SeenWrite, type SlowProxy, startSlowProxy } from '../../support/servers/slow-proxy';
import { testStack } from '../../support/servers/stack';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';
import { runDroverCli, runProgram } from '../../support/stack/run-command';

type Change = 'pause' | 'resume' | 'cancel';
type Control = (jobId: string, change: Change, reason: string) => Promise<void>;

const KEYS = Array.from({ length: 600 }, (_, index) => `object-${String(index).padStart(4, '0')}`);
/** One worker keeps 64 copies in flight to a bucket: the whole manifest takes some 4 s. */
const COPY_MS = 400;
/** What the design promises from the word to the state. */
const EFFECT_MS = 5_000;

let drover: TestDrover;
let proxy: SlowProxy;
let buckets: Buckets;
let source: string;
let temporalCli: string;

beforeAll(async () => {
  proxy = await startSlowProxy(testStack().s3Endpoint, COPY_MS);
  ({
    drover,
    buckets,
    names: { source },
  } = await startDroverOnBuckets(['source'], { DROVER_S3_ENDPOINT: proxy.url }));
  await buckets.putMany(source, KEYS);
  await buckets.put(source, 'manifest.csv', plainManifest(source, KEYS));
  temporalCli = await provideTemporal(loadDevConfig());
});

afterAll(async () => {
  await drover?.close();
  await proxy?.close();
});

async function byTemporalCli(jobId: string, change: Change, reason: string): Promise<void> {
  const { address, namespace } = drover.config.temporal;
  const signal = ['workflow', 'signal', '--address', address, '--namespace', namespace];
  const what = ['--workflow-id', jobWorkflowId(jobId), '--name', change, '--input', JSON.stringify(reason)];
  const { exitCode, stderr } = await runProgram(temporalCli, [...signal, ...what], userEnvironment());
  expect(`${exitCode} ${stderr}`.trim()).toBe('0');
}

async function byRest(jobId: string, change: Change, reason: string): Promise<void> {
  const response = await fetch(`${drover.apiUrl}/api/jobs/${jobId}/${change}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason }),
  });
  expect(response.status).toBe(200);
}

async function byDroverCli(jobId: string, change: Change, reason: string): Promise<void> {
  const { exitCode, stderr } = await runDroverCli(drover.apiUrl, [change, jobId, '--reason', reason]);
  expect(`${exitCode} ${stderr}`.trim()).toBe('0');
}

/** A job that copies all objects to a bucket of its own. */
async function startCopying(): Promise<{ jobId: string; target: string; copies: () => SeenWrite[] }> {
  const target = `${source.replace('source', 'target')}-${Math.random().toString(36).slice(2, 8)}`;
  await buckets.create(target);
  const { jobId } = await drover.api.createJob(
    jobRequest({
      manifest: `${source}/manifest.csv`,
      operation: { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${target}` } },
      report: source,
    }),
  );
  // Not what asks the store whether it knows the call.
  const isCopy = ({ path }: SeenWrite): boolean => path.startsWith(`/${target}/object-`);
  return { jobId, target, copies: () => proxy.copies.filter(isCopy) };
}

function answered(copies: readonly SeenWrite[]): number {
  return copies.filter(({ answeredAt }) => answeredAt !== undefined).length;
}

async function untilAnswered(copies: () => SeenWrite[], count: number): Promise<void> {
  await eventually(
    () => Promise.resolve(answered(copies())),
    (done) => done >= count,
    30_000,
  );
}

async function within(what: Promise<unknown>, ms: number): Promise<void> {
  const started = Date.now();
  await what;
  expect(Date.now() - started).toBeLessThan(ms);
}

describe.each<[string, Control]>([
  ['temporal workflow signal', byTemporalCli],
  ['REST', byRest],
  ['drover', byDroverCli],
])('by %s', (_name, control) => {
  test('a paused job changes nothing more, a resumed one goes on where it was', async () => {
    const { jobId, target, copies } = await startCopying();
    await untilAnswered(copies, 100);
    await control(jobId, 'pause', 'office hours');
    await within(drover.reaches(jobId, 'Paused'), EFFECT_MS);
    const paused = await drover.api.describeJob(jobId);
    const before = copies();
    expect(paused).toMatchObject({ status: 'Paused', statusUpdateReason: 'office hours', waitingFor: 'resume' });
    expect(paused.progress.succeeded).toBe(answered(before));
    expect(answered(before)).toBeLessThan(KEYS.length);
    expect(before.filter(({ answeredAt, cutOff }) => answeredAt === undefined && cutOff !== true)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(copies()).toHaveLength(before.length);

    await control(jobId, 'resume', 'night');
    const job = await drover.reaches(jobId, 'Complete');
    expect(job.progress).toMatchObject({ succeeded: KEYS.length, failed: 0 });
    // Copied twice is only what was cut off in the middle of its request, which the grace of a pause makes rare.
    const again = copies().filter(
      ({ path, cutOff }, index) =>
        cutOff !== true && copies().findIndex((other) => other.path === path && other.cutOff !== true) !== index,
    );
    expect(again).toEqual([]);
    expect((await buckets.list(target)).map(({ key }) => key)).toEqual(KEYS);
    const { rows } = await readReport(buckets, source, reportFolder(jobId));
    expect(rows.map(({ key, taskStatus }) => `${key} ${taskStatus}`).sort()).toEqual(
      KEYS.map((key) => `${key} succeeded`),
    );
  });

  test('a cancelled job stops, and reports exactly what it did', async () => {
    const { jobId, target, copies } = await startCopying();
    await untilAnswered(copies, 100);
    await control(jobId, 'cancel', 'wrong bucket');
    await within(drover.reaches(jobId, 'Cancelled'), EFFECT_MS);
    const job = await drover.api.describeJob(jobId);
    const count = copies().length;
    expect(job).toMatchObject({ status: 'Cancelled', statusUpdateReason: 'wrong bucket', failureReasons: [] });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(copies()).toHaveLength(count);

    const { rows } = await readReport(buckets, source, reportFolder(jobId));
    expect(rows.map(({ taskStatus }) => taskStatus)).toEqual(rows.map(() => 'succeeded'));
    expect(rows.length).toBeGreaterThanOrEqual(100);
    expect(rows.length).toBeLessThan(KEYS.length);
    expect(job.progress).toMatchObject({ totalTasks: KEYS.length, succeeded: rows.length, failed: 0 });
    // A request that was cut off after it had reached the store may have taken effect, and nobody was told.
    const unsure = new Set(copies().flatMap(({ path, cutOff, forwarded }) => (cutOff && forwarded ? [path] : [])));
    const copied = (await buckets.list(target)).map(({ key }) => key).filter((key) => !unsure.has(`/${target}/${key}`));
    expect(rows.map(({ key }) => key).sort()).toEqual(copied);
  });
});

test('a job paused before its first task waits, and can be cancelled there', async () => {
  const { jobId, copies } = await startCopying();
  await drover.api.change(jobId, 'pause');
  const early = await drover.reaches(jobId, ['Paused', 'Active', 'Complete']);
  expect(early.status).toBe('Paused');
  await drover.api.change(jobId, 'cancel');
  const job = await drover.reaches(jobId, 'Cancelled');
  expect(job.progress.succeeded).toBe(answered(copies()));
});
