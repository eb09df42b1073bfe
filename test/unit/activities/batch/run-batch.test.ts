/**
 * Goal: every task gets exactly one row, however a batch ends. Method: the activity in a mock context on the in-memory
 * store; crashes are attempts that are dropped, cancellation and shutdown come as Temporal sends them.
 */
import { setMaxListeners } from 'node:events';
import { CancelledFailure } from '@temporalio/activity';
import { ActivityCancellationDetails, ApplicationFailure } from '@temporalio/common';
import { type MockActivityEnvironment } from '@temporalio/testing';
import type { BatchResult } from '../../../../contracts/engine/activities';
import type { BatchCheckpoint } from '../../../../contracts/engine/checkpoint';
import { workspaceKeys } from '../../../../contracts/engine/naming';
import { LIMITS } from '../../../../contracts/limits';
import { decodePart } from '../../../../reports';
import { StoreError } from '../../../../storage/store-error';
import { activityEnvironment } from '../../../support/activity-environment';
import { type JobFixture, jobFixture } from '../../../support/job-fixture';

async function prepared(options: Parameters<typeof jobFixture>[0]): Promise<JobFixture> {
  const fixture = jobFixture(options);
  const { job, createdAt, request, plan, activities } = fixture;
  await activityEnvironment().run(activities.prepareManifest, { ...job, createdAt, request, plan });
  return fixture;
}

function partOf({ store, job }: JobFixture, batch = 0) {
  const object = store.peek('workspace', workspaceKeys.part(job.workspace.prefix, batch));
  if (!object) throw new Error('no part');
  return decodePart(object.body);
}

function rowsOf(fixture: JobFixture, batch = 0): string[] {
  const { succeeded, failed } = partOf(fixture, batch);
  return (succeeded + failed).split('\n').filter(Boolean);
}

function runBatch(
  fixture: JobFixture,
  env: MockActivityEnvironment,
  checkpoint?: BatchCheckpoint,
): Promise<BatchResult> {
  return env.run(fixture.activities.runBatch, { ...fixture.job, batch: 0, ...(checkpoint && { checkpoint }) });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Lets `count` copies through, then holds all others until they are aborted. */
function copiesThrough(fixture: JobFixture, count: number): void {
  let copies = 0;
  const copy = fixture.store.copyObject.bind(fixture.store);
  fixture.store.copyObject = async (input, options) => {
    if (++copies <= count) return copy(input, options);
    if (options?.signal) setMaxListeners(0, options.signal);
    return new Promise((_, reject) => {
      options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
    });
  };
}

test('a batch copies its rows and writes one part', async () => {
  const fixture = await prepared({ rows: 25, batchRows: 10 });
  const env = activityEnvironment();
  const result = await env.run(fixture.activities.runBatch, { ...fixture.job, batch: 2 });
  expect(result).toEqual({ status: 'done', tally: { succeeded: 5, failed: 0, pending: 0 } });
  expect(rowsOf(fixture, 2).sort()).toEqual(
    [20, 21, 22, 23, 24].map((row) => `source,object-${row},,succeeded,200,,Successful`),
  );
  expect(fixture.store.keys('target')).toHaveLength(5);
});

test('what the store refuses is a failed row in the store’s words', async () => {
  const fixture = await prepared({ rows: 2, manifest: 'source,object-0\nsource,missing\nnowhere,object-1\n' });
  const result = await runBatch(fixture, activityEnvironment());
  expect(result).toEqual({ status: 'done', tally: { succeeded: 1, failed: 2, pending: 0 } });
  expect(partOf(fixture).failed).toMatch(/^source,missing,,failed,404,NoSuchKey,/m);
  expect(partOf(fixture).failed).toMatch(/^nowhere,object-1,,failed,404,NoSuchBucket,/m);
});

test('cancelled, it hands back what it has done, and goes on from there', async () => {
  const fixture = await prepared({ rows: 100 });
  const copy = fixture.store.copyObject.bind(fixture.store);
  copiesThrough(fixture, 40);
  const env = activityEnvironment();
  const running = runBatch(fixture, env);
  await until(() => fixture.store.keys('target').length === 40);
  env.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
  const result = await running;
  if (result.status !== 'interrupted') throw new Error('not interrupted');
  expect(result.checkpoint.tally).toEqual({ succeeded: 40, failed: 0, pending: 0 });

  const copied: string[] = [];
  fixture.store.copyObject = (input, options) => {
    copied.push(input.Key ?? '');
    return copy(input, options);
  };
  const rest = await runBatch(fixture, activityEnvironment(), result.checkpoint);
  expect(rest).toEqual({ status: 'done', tally: { succeeded: 100, failed: 0, pending: 0 } });
  expect(copied).toHaveLength(60);
  expect(new Set(rowsOf(fixture)).size).toBe(100);
  expect(fixture.store.keys('workspace').filter((key) => key.includes('open'))).toEqual([]);
});

test('a worker that shuts down leaves its progress in the heartbeat, and does not end the batch', async () => {
  const fixture = await prepared({ rows: 50 });
  copiesThrough(fixture, 20);
  const env = activityEnvironment();
  const beats: unknown[] = [];
  env.on('heartbeat', (details) => beats.push(details));
  const running = runBatch(fixture, env);
  await until(() => fixture.store.keys('target').length === 20);
  env.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }));
  await expect(running).rejects.toBeInstanceOf(CancelledFailure);
  expect(beats.at(-1)).toMatchObject({ tally: { succeeded: 20, failed: 0, pending: 0 } });
});

test('a crash redoes what came after the checkpoint: still one row each', async () => {
  const fixture = await prepared({ rows: 60 });
  copiesThrough(fixture, 30);
  const env = activityEnvironment();
  let details: unknown;
  const flushed = new Promise<void>((resolve) => {
    env.on('heartbeat', (beat) => {
      details = beat ?? details;
      if (beat) resolve();
    });
  });
  const dropped = runBatch(fixture, env);
  await flushed;
  env.cancel('CANCELLED', new ActivityCancellationDetails({ timedOut: true }));
  await expect(dropped).rejects.toBeDefined();

  const second = jobFixture({ rows: 60 });
  const retried = activityEnvironment({ heartbeatDetails: details, attempt: 2 });
  // The same store, with copies that work again.
  fixture.store.copyObject = workingCopy(fixture);
  const result = await retried.run(fixture.activities.runBatch, { ...second.job, batch: 0 });
  expect(result).toEqual({ status: 'done', tally: { succeeded: 60, failed: 0, pending: 0 } });
  expect(new Set(rowsOf(fixture)).size).toBe(60);
  expect(rowsOf(fixture)).toHaveLength(60);
}, 15_000);

function workingCopy(fixture: JobFixture): JobFixture['store']['copyObject'] {
  const prototype = Object.getPrototypeOf(fixture.store) as JobFixture['store'];
  return prototype.copyObject.bind(fixture.store);
}

test('a checkpoint whose rows are gone is not believed', async () => {
  const fixture = await prepared({ rows: 10 });
  const checkpoint: BatchCheckpoint = {
    v: 1,
    done: Buffer.from([0xff, 0x03]).toString('base64'),
    tally: { succeeded: 10, failed: 0, pending: 0 },
    part: 'never-written',
  };
  await runBatch(fixture, activityEnvironment(), checkpoint);
  expect(rowsOf(fixture)).toHaveLength(10);
});

test('a store that goes down fails the attempt, not the objects', async () => {
  const fixture = await prepared({ rows: 50 });
  copiesThrough(fixture, 10);
  const env = activityEnvironment();
  const beats: (BatchCheckpoint | undefined)[] = [];
  env.on('heartbeat', (details) => beats.push(details as BatchCheckpoint | undefined));
  const copy = fixture.store.copyObject;
  let copies = 0;
  fixture.store.copyObject = (input, options) => {
    if (copies++ >= 10) fixture.store.faults.down({ method: 'headObject' });
    return copies > 10 ? Promise.reject(storeDown()) : copy(input, options);
  };
  const failure = await runBatch(fixture, env).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'StoreUnreachable', nonRetryable: false });
  expect(beats.at(-1)?.tally).toEqual({ succeeded: 10, failed: 0, pending: 0 });
});

function storeDown(): Error {
  return new StoreError('ConnectionRefused', 0, 'the store does not answer');
}

test('a manifest that changed under way ends the job', async () => {
  const fixture = await prepared({ rows: 10 });
  fixture.store.seed('manifests', 'manifest.csv', 'source,other\n');
  const failure = await runBatch(fixture, activityEnvironment()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ type: 'ManifestETagMismatch', nonRetryable: true });
});

describe('an attempt of which Temporal can not have heard for long', () => {
  test('sends nothing more: no task, no row, and fails to be tried again', async () => {
    let silentMs = 0;
    const fixture = await prepared({ rows: 40, silentMs: () => silentMs, plan: { requestsInFlight: 1 } });
    const copy = fixture.store.copyObject.bind(fixture.store);
    const copied: string[] = [];
    fixture.store.copyObject = (input, options) => {
      copied.push(input.Key ?? '');
      if (copied.length === 10) silentMs = 15_000;
      return copy(input, options);
    };
    const puts = fixture.store.calls.length;
    const env = activityEnvironment({ heartbeatTimeoutMs: 20_000 });
    await expect(runBatch(fixture, env)).rejects.toMatchObject({ type: 'LeaseEnded', nonRetryable: false });
    expect(copied).toHaveLength(10);
    expect(fixture.store.calls.slice(puts).filter(({ method }) => method === 'put')).toEqual([]);
    // Heard again: what is over stays over.
    silentMs = 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(copied).toHaveLength(10);
  });

  test('a shorter silence is none', async () => {
    const fixture = await prepared({ rows: 40, silentMs: () => 13_000 });
    const env = activityEnvironment({ heartbeatTimeoutMs: 20_000 });
    expect(await runBatch(fixture, env)).toMatchObject({ status: 'done', tally: { succeeded: 40 } });
  });

  test('handed over right after a silence, it is taken for one that was given away meanwhile', async () => {
    const fixture = await prepared({ rows: 5, recentSilenceMs: () => 15_000 });
    const env = activityEnvironment({ heartbeatTimeoutMs: 20_000 });
    await expect(runBatch(fixture, env)).rejects.toMatchObject({ type: 'LeaseEnded', nonRetryable: false });
    expect(fixture.store.keys('target')).toEqual([]);
  });

  test('an attempt that has lasted nearly as long as Temporal allows sends nothing more', async () => {
    const fixture = await prepared({ rows: 5 });
    copiesThrough(fixture, 2);
    const env = activityEnvironment({ startToCloseTimeoutMs: LIMITS.batch.attemptEndMs + 300 });
    await expect(runBatch(fixture, env)).rejects.toMatchObject({ type: 'LeaseEnded', nonRetryable: false });
    expect(fixture.store.keys('target')).toHaveLength(2);
  });

  test('requests under way are given up', async () => {
    let silentMs = 0;
    const fixture = await prepared({ rows: 5, silentMs: () => silentMs });
    copiesThrough(fixture, 0);
    const env = activityEnvironment({ heartbeatTimeoutMs: 20_000 });
    const running = runBatch(fixture, env);
    running.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    silentMs = 16_000;
    await expect(running).rejects.toMatchObject({ type: 'LeaseEnded' });
  });
});

describe('an attempt that follows one without a word', () => {
  test('goes on from what was flushed, also when no heartbeat told of it', async () => {
    const fixture = await prepared({ rows: 50 });
    copiesThrough(fixture, 20);
    const env = activityEnvironment();
    const flushed = new Promise<void>((resolve) => {
      env.on('heartbeat', (beat) => beat && resolve());
    });
    const dropped = runBatch(fixture, env);
    await flushed;
    env.cancel('CANCELLED', new ActivityCancellationDetails({ timedOut: true }));
    await expect(dropped).rejects.toBeDefined();
    const copied: string[] = [];
    fixture.store.copyObject = (input, options) => {
      copied.push(input.Key ?? '');
      return workingCopy(fixture)(input, options);
    };
    const found = await activityEnvironment().run(fixture.activities.recoverBatch, {
      ...fixture.job,
      batch: 0,
    });
    expect(found).toMatchObject({ status: 'interrupted', checkpoint: { tally: { succeeded: 20, failed: 0 } } });
    const retried = activityEnvironment({ attempt: 2 });
    expect(await runBatch(fixture, retried)).toMatchObject({ status: 'done', tally: { succeeded: 50 } });
    expect(copied).toHaveLength(30);
    expect(new Set(rowsOf(fixture)).size).toBe(50);
  });

  test('does nothing where all was done', async () => {
    const fixture = await prepared({ rows: 5 });
    await runBatch(fixture, activityEnvironment());
    const before = fixture.store.calls.filter(({ method }) => method === 'copyObject').length;
    const found = await activityEnvironment().run(fixture.activities.recoverBatch, {
      ...fixture.job,
      batch: 0,
    });
    expect(found).toEqual({ status: 'done', tally: { succeeded: 5, failed: 0, pending: 0 } });
    const retried = activityEnvironment({ attempt: 2 });
    expect(await runBatch(fixture, retried)).toEqual({
      status: 'done',
      tally: { succeeded: 5, failed: 0, pending: 0 },
    });
    expect(fixture.store.calls.filter(({ method }) => method === 'copyObject')).toHaveLength(before);
    expect(rowsOf(fixture)).toHaveLength(5);
  });

  test('nothing was flushed: nothing is found', async () => {
    const fixture = await prepared({ rows: 5 });
    const run = activityEnvironment().run(fixture.activities.recoverBatch, { ...fixture.job, batch: 0 });
    expect(await run).toBeNull();
  });
});
