/**
 * Goal: what one API process has shown is the least that the next one shows, in descriptions and listings, while workers are
 * dead and batches end without a word. Method: a real server; the worker of a batch is killed, or its batch is in back-off, when
 * somebody pauses the job; then no worker is left at all, and later they are back. All the while, API processes that have
 * just been started are asked.
 */
import { spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TemporalJobService } from '../../../api/jobs/job-service';
import { TemporalJobs } from '../../../api/temporal/jobs';
import type { Activities } from '../../../contracts/engine/activities';
import type { BatchCheckpoint } from '../../../contracts/engine/checkpoint';
import { chunkWorkflowId, objectsQueue } from '../../../contracts/engine/naming';
import { executed, type Tally } from '../../../contracts/engine/outcome';
import type { JobStatus } from '../../../contracts/job';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import { easyActivities, PLAN, REQUEST, startWorkflowRunner } from '../../support/workflows/workflow-runner';

/** The workspace has more than the last heartbeat told. */
const FLUSHED: BatchCheckpoint = { v: 1, done: 'AAE=', part: '9-ab', tally: { succeeded: 8, failed: 1, pending: 0 } };
const HEARD: BatchCheckpoint = { ...FLUSHED, part: '5-cd', tally: { succeeded: 4, failed: 1, pending: 0 } };
const WHOLE: Tally = { succeeded: 999, failed: 1, pending: 0 };

let client: Client;

beforeAll(async () => {
  client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
});

afterAll(() => client.connection.close());

/** What ends when the test does, also when it fails. */
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

class Scene {
  readonly prefix = `test-${randomUUID()}`;
  readonly account = String(randomInt(1e11, 1e12));
  readonly shown: { readonly by: string; readonly status: JobStatus; readonly tally: Tally }[] = [];
  jobId = '';
  private watching: Promise<void> | undefined;

  /** With a memory of its own, and nothing in it. */
  service(): TemporalJobService {
    return new TemporalJobService({
      gateway: new TemporalJobs(client, this.prefix),
      flushedTally: (_workspace, batch) => Promise.resolve(batch === 0 ? FLUSHED.tally : undefined),
      heartbeatTimeoutMs: 5_000,
      region: 'us-east-1',
      workspace: { bucket: 'workspace', prefix: 'jobs/' },
      notifyTargets: () => [],
    });
  }

  async start(): Promise<void> {
    const request = { ...REQUEST, ClientRequestToken: randomUUID() };
    this.jobId = (await this.service().createJob(this.account, { request, plan: PLAN })).jobId;
    let ended = false;
    const watch = async (): Promise<void> => {
      while (!ended) await this.look();
    };
    this.watching = watch();
    // Its failure is told by `end`.
    this.watching.catch(() => undefined);
    cleanups.push(() => (ended = true));
  }

  private async look(): Promise<void> {
    const { snapshot, progress } = await this.service().describeJob(this.account, this.jobId);
    this.shown.push({ by: 'description', status: snapshot.status, tally: progress });
    const { jobs } = await this.service().listJobs({ account: this.account, statuses: [], maxResults: 10 });
    for (const job of jobs) this.shown.push({ by: 'listing', status: job.snapshot.status, tally: job.progress });
  }

  async shows(wanted: (last: (typeof this.shown)[number]) => boolean): Promise<void> {
    const since = this.shown.length;
    await eventually(
      () => Promise.race([Promise.resolve(this.shown.slice(since)), this.watching?.then(() => [])]),
      (seen = []) => seen.some(({ by }) => by === 'listing') && seen.some((one) => wanted(one)),
      60_000,
    );
  }

  async runner(queue: 'jobs' | 'objects', more: Partial<Activities> = {}) {
    const activities = { ...easyActivities(1), ...more };
    const runner = await startWorkflowRunner(temporalAddress(), activities, { client, prefix: this.prefix, queue });
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => (closing ??= runner.close());
    cleanups.push(close);
    return close;
  }

  /** The batches that Temporal waits for. */
  async pending(type: 'runBatch' | 'recoverBatch') {
    const described = await client.workflow
      .getHandle(chunkWorkflowId(this.jobId, 0))
      .describe()
      .catch(() => undefined);
    return (described?.raw.pendingActivities ?? []).find(({ activityType }) => activityType?.name === type);
  }
}

const endings = {
  'its worker is killed': async (scene: Scene) => {
    const script = join(__dirname, '..', '..', 'support', 'workflows', 'doomed-worker.cjs');
    const queue = objectsQueue(scene.prefix);
    const child = spawn(process.execPath, [script, temporalAddress(), queue, JSON.stringify(HEARD)]);
    cleanups.push(() => child.kill('SIGKILL'));
    await scene.shows(({ tally }) => executed(tally) === 5);
    child.kill('SIGKILL');
  },
  'it is in retry back-off': async (scene: Scene) => {
    const close = await scene.runner('objects', {
      runBatch: () => {
        Context.current().heartbeat(HEARD);
        return Promise.reject(ApplicationFailure.create({ message: 'away', nextRetryDelay: '5 minutes' }));
      },
    });
    await scene.shows(({ tally }) => executed(tally) === 5);
    await eventually(
      () => scene.pending('runBatch'),
      (pending) => (pending?.attempt ?? 0) > 1,
    );
    await close();
  },
};

test.each(Object.entries(endings))(
  'a batch ends without a word: %s',
  async (_name, end) => {
    const scene = new Scene();
    const closeJobs = await scene.runner('jobs');
    await scene.start();
    await end(scene);
    await scene.service().pause(scene.account, scene.jobId);
    // Nobody is there to look into the workspace for the chunk: the API does.
    await eventually(
      () => scene.pending('recoverBatch'),
      (pending) => pending !== undefined,
      60_000,
    );
    await scene.shows(({ status, tally }) => status === 'Pausing' && executed(tally) === 9);

    await closeJobs();
    await scene.shows(({ tally }) => executed(tally) === 9);

    await scene.runner('jobs');
    await scene.runner('objects', {
      recoverBatch: () => Promise.resolve({ status: 'interrupted', checkpoint: FLUSHED }),
      runBatch: () => Promise.resolve({ status: 'done', tally: WHOLE }),
    });
    await scene.shows(({ status }) => status === 'Paused');
    await scene.service().resume(scene.account, scene.jobId);
    await scene.shows(({ status }) => status === 'Complete');

    scene.shown.reduce((before, next) => {
      const { succeeded, failed } = next.tally;
      const least = {
        succeeded: Math.max(succeeded, before.tally.succeeded),
        failed: Math.max(failed, before.tally.failed),
      };
      expect({ ...next, ...{ succeeded, failed } }).toEqual({ ...next, ...least });
      return next;
    });
    expect(scene.shown.at(-1)?.tally).toMatchObject(WHOLE);
  },
  180_000,
);
