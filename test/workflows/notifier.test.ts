/**
 * Goal: every change of a job's status reaches every target, in order, whatever happens to targets, workers and the job; a
 * target that is dead costs nobody anything. Method: JobEvents and the notifier on a real server, in a job that only changes its
 * status; targets that fail as told. The day of retries passes on the time-skipping server.
 */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { DeliverEventInput } from '../../contracts/engine/activities';
import type { Delivery, JobEvent, NotifierInput } from '../../contracts/engine/events';
import { eventsQueue, jobsQueue, jobWorkflowId, notifierWorkflowId } from '../../contracts/engine/naming';
import type { JobInput, JobStatus } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { temporalAddress, timeSkippingServerPath } from '../support/addresses';
import { jobEvent } from '../support/events';
import { eventually } from '../support/eventually';
import { bundleOf } from '../support/workflows/bundle-of';
import { jobInput } from '../support/workflows/workflow-runner';

const WAY: readonly JobStatus[] = ['Preparing', 'Ready', 'Active', 'Completing', 'Complete'];

let bundle: WorkflowBundle;
let connection: NativeConnection;
let client: Client;

beforeAll(async () => {
  bundle = await bundleOf(require.resolve('../support/workflows/notified-workflow'));
  connection = await NativeConnection.connect({ address: temporalAddress() });
  client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
});
afterAll(async () => {
  await client.connection.close();
  await connection.close();
});

/** Stands for all targets: keeps what it gets, and fails as told. */
class Targets {
  readonly got = new Map<string, JobEvent[]>();
  readonly attempts = new Map<string, number>();
  /** By name; thrown as it is. */
  readonly failing = new Map<string, () => Error>();

  readonly deliverEvent = async ({ target, url, event }: DeliverEventInput): Promise<Delivery> => {
    const name = target ?? url ?? 'nobody';
    this.attempts.set(name, (this.attempts.get(name) ?? 0) + 1);
    const failure = this.failing.get(name)?.();
    if (failure) throw failure;
    this.got.set(name, [...(this.got.get(name) ?? []), event]);
    return 'delivered';
  };

  statuses(name: string): string[] {
    return (this.got.get(name) ?? []).map(({ detail }) => detail.serviceEventDetails.status);
  }
}

interface Rig {
  readonly targets: Targets;
  readonly prefix: string;
  start(input: JobInput): Promise<WorkflowHandle>;
  stop(): Promise<void>;
}

async function startRig(
  targets = new Targets(),
  prefix: string = randomUUID(),
  temporal: { client: Client; connection: NativeConnection } = { client, connection },
): Promise<Rig> {
  const workers = await Promise.all([
    Worker.create({ connection: temporal.connection, taskQueue: jobsQueue(prefix), workflowBundle: bundle }),
    Worker.create({
      connection: temporal.connection,
      taskQueue: eventsQueue(prefix),
      activities: { deliverEvent: targets.deliverEvent },
    }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    targets,
    prefix,
    start: (input) =>
      temporal.client.workflow.start('notifiedWorkflow', {
        workflowId: jobWorkflowId(input.jobId),
        taskQueue: jobsQueue(prefix),
        args: [input],
      }),
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
    },
  };
}

function notifiedInput(notify: readonly string[], url?: string): JobInput {
  const input = jobInput(url === undefined ? {} : { request: { NotificationUrl: url } });
  return { ...input, notify };
}

async function become(job: WorkflowHandle, statuses: readonly JobStatus[]): Promise<void> {
  for (const status of statuses) await job.signal('become', status);
}

function notifierOf({ jobId }: JobInput): WorkflowHandle {
  return client.workflow.getHandle(notifierWorkflowId(jobId));
}

async function until(holds: () => boolean, timeoutMs?: number): Promise<void> {
  await eventually(() => Promise.resolve(holds()), Boolean, timeoutMs);
}

const down = (): Error => ApplicationFailure.create({ type: 'NotificationFailed', message: 'it is down' });

async function eventCount(handle: WorkflowHandle): Promise<number> {
  return (await handle.fetchHistory()).events?.length ?? 0;
}

test('all events reach all targets and the webhook of the job, in order', async () => {
  const rig = await startRig();
  const { targets } = rig;
  try {
    const input = notifiedInput(['ops', 'topic'], 'https://hooks.example/x');
    const job = await rig.start(input);
    await job.signal('become', 'Preparing');
    await job.signal('become', 'Failing', [{ FailureCode: 'ManifestNotFound', FailureReason: 'not there' }]);
    await job.signal('become', 'Failed', [{ FailureCode: 'ManifestNotFound', FailureReason: 'not there' }], 'as told');
    await job.result();
    await notifierOf(input).result();
    for (const name of ['ops', 'topic', 'https://hooks.example/x']) {
      expect(targets.statuses(name)).toEqual(['New', 'Preparing', 'Failing', 'Failed']);
      expect(targets.got.get(name)).toEqual(targets.got.get('ops'));
    }
    const events = targets.got.get('ops')!;
    expect(new Set(events.map(({ id }) => id)).size).toBe(4);
    expect(events[0]).toMatchObject({
      account: input.account,
      region: input.region,
      detail: { eventName: 'JobCreated' },
    });
    expect(events[0]?.time).toBe(input.createdAt.replace(/\.\d+Z/, 'Z'));
    expect(events[3]?.detail.serviceEventDetails).toMatchObject({
      jobId: input.jobId,
      failureCodes: ['ManifestNotFound'],
      statusChangeReason: ['as told', 'not there'],
    });
  } finally {
    await rig.stop();
  }
});

test('what it costs: events of a job that goes its way, and of its notifier', async () => {
  const rig = await startRig();
  try {
    let least = await costs(rig);
    // On a busy machine a task may be split in two, which no design can help: the least counts.
    for (let more = 2; more > 0 && least.ofJob > EVENTS_OF_JOB; more--) {
      const again = await costs(rig);
      if (again.ofJob < least.ofJob) least = again;
    }
    expect(least.ofJob).toBeLessThanOrEqual(EVENTS_OF_JOB);
    expect(least.ofNotifier).toBeLessThanOrEqual(65);
  } finally {
    await rig.stop();
  }
}, 90_000);

/** docs/use/notifications.md has these. */
const EVENTS_OF_JOB = 27;

/** What a job has more events for being told of, and what its notifier has. */
async function costs(rig: Awaited<ReturnType<typeof startRig>>): Promise<{ ofJob: number; ofNotifier: number }> {
  const silent = notifiedInput([]);
  const told = notifiedInput(['ops']);
  const before = rig.targets.statuses('ops').length;
  for (const input of [silent, told]) {
    const job = await rig.start(input);
    for (const [index, status] of WAY.entries()) {
      await job.signal('become', status);
      if (input === told) await until(() => rig.targets.statuses('ops').length === before + index + 2);
      // Signals in one workflow task would hide what each costs.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await job.result();
  }
  await notifierOf(told).result();
  const [without, with_] = await Promise.all(
    [silent, told].map(({ jobId }) => eventCount(client.workflow.getHandle(jobWorkflowId(jobId)))),
  );
  await expect(notifierOf(silent).describe()).rejects.toThrow(/not found/i);
  return { ofJob: with_! - without!, ofNotifier: await eventCount(notifierOf(told)) };
}

test('a dead target holds up neither the others nor the job, and gets everything when it is back', async () => {
  const rig = await startRig();
  const { targets } = rig;
  targets.failing.set('dead', down);
  try {
    const input = notifiedInput(['dead', 'live']);
    const job = await rig.start(input);
    await become(job, WAY);
    await job.result();
    await until(() => targets.statuses('live').length === WAY.length + 1);
    expect(targets.statuses('dead')).toEqual([]);
    expect((await notifierOf(input).describe()).status.name).toBe('RUNNING');
    targets.failing.delete('dead');
    await notifierOf(input).result();
    expect(targets.statuses('dead')).toEqual(['New', ...WAY]);
    expect(targets.statuses('live')).toEqual(['New', ...WAY]);
    expect(targets.attempts.get('dead')).toBeGreaterThan(WAY.length + 1);
  } finally {
    await rig.stop();
  }
});

test('a worker that is replaced: the retries go on', async () => {
  const first = await startRig();
  const { targets, prefix } = first;
  targets.failing.set('ops', down);
  const input = notifiedInput(['ops']);
  const job = await first.start(input);
  await become(job, WAY);
  await job.result();
  await until(() => (targets.attempts.get('ops') ?? 0) >= 2);
  await first.stop();
  targets.failing.delete('ops');
  const second = await startRig(targets, prefix);
  try {
    await notifierOf(input).result();
    expect(targets.statuses('ops')).toEqual(['New', ...WAY]);
  } finally {
    await second.stop();
  }
});

test('a target that is gone is not asked again, one that refuses an event gets the next', async () => {
  const rig = await startRig();
  const { targets } = rig;
  const refusal = (type: string) => () => ApplicationFailure.create({ type, message: 'no', nonRetryable: true });
  targets.failing.set('gone', refusal('NotificationTargetGone'));
  targets.failing.set('fussy', refusal('NotificationRefused'));
  try {
    const input = notifiedInput(['gone', 'fussy']);
    const job = await rig.start(input);
    await job.signal('become', 'Preparing');
    await until(() => targets.attempts.get('fussy') === 2);
    targets.failing.clear();
    await become(job, ['Active', 'Completing', 'Complete']);
    await notifierOf(input).result();
    expect(targets.attempts.get('gone')).toBe(1);
    expect(targets.statuses('fussy')).toEqual(['Active', 'Completing', 'Complete']);
  } finally {
    await rig.stop();
  }
});

test('a job that is terminated is told of as Failed', async () => {
  const rig = await startRig();
  const { targets } = rig;
  try {
    const input = notifiedInput(['ops']);
    const job = await rig.start(input);
    await become(job, ['Preparing', 'Active']);
    await until(() => targets.statuses('ops').length === 3);
    await job.terminate('by hand');
    await notifierOf(input).result();
    expect(targets.statuses('ops')).toEqual(['New', 'Preparing', 'Active', 'Failed']);
    expect(targets.got.get('ops')?.at(-1)?.detail.serviceEventDetails).toMatchObject({
      jobId: input.jobId,
      failureCodes: ['WorkflowEnded'],
    });
  } finally {
    await rig.stop();
  }
});

test.each(['cancelled', 'terminated'])('a notifier that is %s by hand is replaced at the next change', async (how) => {
  const rig = await startRig();
  const { targets } = rig;
  try {
    const input = notifiedInput(['ops']);
    const job = await rig.start(input);
    await become(job, ['Preparing']);
    await until(() => targets.statuses('ops').length === 2);
    if (how === 'cancelled') await notifierOf(input).cancel();
    else await notifierOf(input).terminate();
    await eventually(
      () => notifierOf(input).describe(),
      ({ status }) => status.name !== 'RUNNING',
    );
    await become(job, ['Active', 'Completing', 'Complete']);
    await job.result();
    await notifierOf(input).result();
    expect(targets.statuses('ops')).toEqual(['New', 'Preparing', 'Active', 'Completing', 'Complete']);
  } finally {
    await rig.stop();
  }
});

test('signals that are no events are ignored', async () => {
  const rig = await startRig();
  const { targets } = rig;
  try {
    const input = notifiedInput(['ops']);
    const job = await rig.start(input);
    await become(job, ['Preparing']);
    await until(() => targets.statuses('ops').length === 2);
    for (const nonsense of [undefined, null, 'event', {}, [null], [{}], [{ id: 'x' }]]) {
      await notifierOf(input).signal('event', nonsense);
    }
    await become(job, ['Failing', 'Failed']);
    await notifierOf(input).result();
    expect(targets.statuses('ops')).toEqual(['New', 'Preparing', 'Failing', 'Failed']);
  } finally {
    await rig.stop();
  }
});

test('a notifier that has become long goes on as new: nothing is lost, nothing changes its order', async () => {
  const rig = await startRig();
  const { targets } = rig;
  const live = ['a', 'b', 'c', 'd', 'e', 'f'];
  targets.failing.set('dead', down);
  try {
    const { jobId } = jobInput();
    // The server suggests it after 4,096 events, three for each delivery among them.
    const events: JobEvent[] = Array.from({ length: 230 }, () => jobEvent('Active', { jobId }));
    const handle = await client.workflow.start('notifierWorkflow', {
      workflowId: notifierWorkflowId(jobId),
      taskQueue: jobsQueue(rig.prefix),
      args: [{ jobId, lanes: [...live, 'dead'].map((target) => ({ target })), events: events.slice(0, 1) }],
    });
    await handle.signal('event', events.slice(1));
    const latest = client.workflow.getHandle(notifierWorkflowId(jobId));
    await eventually(
      () => latest.describe(),
      ({ runId }) => runId !== handle.firstExecutionRunId,
      90_000,
    );
    const last = jobEvent('Complete', { jobId });
    await latest.signal('event', [last]);
    targets.failing.delete('dead');
    await latest.result();
    const wanted = [...events, last].map(({ id }) => id);
    for (const name of [...live, 'dead']) {
      const got = targets.got.get(name)!.map(({ id }) => id);
      expect([...new Set(got)]).toEqual(wanted);
      // Once more at the most what was under way at the change.
      expect(got.length).toBeLessThanOrEqual(wanted.length + 1);
    }
  } finally {
    await rig.stop();
  }
});

test('after a day an event is given up, and the next ones soon after', async () => {
  const executable = { type: 'existing-path' as const, path: timeSkippingServerPath() };
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  const rig = await startRig(new Targets(), randomUUID(), { client: env.client, connection: env.nativeConnection });
  const { targets, prefix } = rig;
  targets.failing.set('dead', down);
  try {
    const began = await env.currentTimeMs();
    const { jobId } = jobInput();
    const events = (['New', 'Active', 'Complete'] as const).map((status) => jobEvent(status, { jobId }));
    const input: NotifierInput = { jobId, lanes: [{ target: 'dead' }, { target: 'live' }], events };
    const handle = await env.client.workflow.start('notifierWorkflow', {
      workflowId: notifierWorkflowId(jobId),
      taskQueue: jobsQueue(prefix),
      args: [input],
    });
    await handle.result();
    const tookMs = (await env.currentTimeMs()) - began;
    expect(tookMs).toBeGreaterThanOrEqual(LIMITS.notification.timeoutMs - LIMITS.notification.retryIntervalMaxMs);
    expect(tookMs).toBeLessThan(LIMITS.notification.timeoutMs + 10 * 60_000);
    expect(targets.statuses('live')).toEqual(['New', 'Active', 'Complete']);
    // A day of ten minutes each, and the first ten that come faster.
    expect(targets.attempts.get('dead')).toBeGreaterThan(140);
    expect(targets.attempts.get('dead')).toBeLessThan(190);
    expect((await handle.fetchHistory()).events?.length).toBeLessThan(60);
  } finally {
    await rig.stop();
    await env.teardown();
  }
});
