import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { PlannedSource, PreparedManifest, PreparedPart } from '../../contracts/engine/activities';
import type { JobInput, JobRequest } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { freePorts } from '../../dev/parts/ports';
import { parseOperation } from '../../operations';
import { listBody } from '../manifest-files';
import { atLeast, atMost, type BenchPart, type Context, number, type PartResult } from '../part';
import type { Answered, Asked } from '../tools/preparing-worker';
import { actionsOf, preparingCost } from './preparing-cost';

const MIB = 1_024 * 1_024;
const MEMORY_MIB_MAX = 700;
const TWO_OVER_ONE = 1.6;
const LATENCY_MS = 20;
const ACTIONS_MAX = 20_000;
const LISTED = 1_000_000_000;
const KEYS_PER_SECOND = 200_000;
const OPERATION = { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } };
const JOB_ID = '11111111-2222-3333-4444-555555555555';

interface Measured {
  readonly name: string;
  readonly workers: number;
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** How fast a list is made by the activities of a job, in the processes of one or two workers. */
export const preparing: BenchPart = {
  name: 'preparing',
  summary: 'making the list of a job, of a gzip CSV and of a listing, by one and by two workers',
  run: measure,
};

async function measure({ sizes, lifetime }: Context): Promise<PartResult> {
  const home = await mkdtemp(join(tmpdir(), 'drover-bench-'));
  const file = join(home, 'list.csv.gz');
  const { preparingRows: rows } = sizes;
  lifetime.say(`preparing: packing ${number(rows)} rows`);
  await pipeline(Readable.from(listBody(rows)), createGzip({ level: 1 }), createWriteStream(file));
  const port = await freePorts(1);
  const stub = fork(join(__dirname, '..', 'tools', 'stubs', 'source-stub.js'), [String(port), file]);
  try {
    await isReady(port);
    const measured: Measured[] = [];
    for (const { name, source, workers } of contenders(rows)) {
      const one = await prepared(port, name, source, workers);
      if (one.rows !== rows) throw new Error(`${name}: ${number(one.rows)} of ${number(rows)} rows`);
      lifetime.say(`preparing: ${name}, ${number(rows / one.seconds)} rows/s, ${number(one.peakBytes / MIB)} MiB`);
      measured.push(one);
    }
    return report(measured);
  } finally {
    stub.kill();
    await rm(home, { recursive: true, force: true });
  }
}

function contenders(
  rows: number,
): readonly { readonly name: string; readonly source: object; readonly workers: number }[] {
  const Location = { ObjectArn: 'arn:aws:s3:::lists/list.csv.gz', ETag: 'stub' };
  const Spec = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] };
  const listing = (delayMs: number): object => ({
    Source: { Prefixes: [{ Bucket: `flat-${String(rows)}-${String(delayMs)}` }] },
  });
  return [
    { name: 'gzip CSV', source: { Manifest: { Spec, Location } }, workers: 1 },
    { name: 'listing', source: listing(0), workers: 1 },
    { name: 'slow listing', source: listing(LATENCY_MS), workers: 1 },
    { name: 'slow listing', source: listing(LATENCY_MS), workers: 2 },
  ];
}

async function prepared(port: number, name: string, source: object, workers: number): Promise<Measured> {
  const job = JSON.stringify(jobOf(source));
  const processes = Array.from({ length: workers }, () => new WorkerProcess(port, job));
  const start = performance.now();
  try {
    const [first] = processes;
    const planned = (await first?.ask({ call: 'prepareManifest' })) as PlannedSource;
    const attempts: string[] = [];
    let next = 0;
    const lane = async (worker: WorkerProcess): Promise<void> => {
      while (next < planned.parts) {
        const part = next++;
        const { attempt } = (await worker.ask({ call: 'preparePart', plan: planned.plan, part })) as PreparedPart;
        attempts[part] = attempt;
      }
    };
    const lanes = processes.flatMap((worker) =>
      Array<WorkerProcess>(LIMITS.source.partsInFlight / workers).fill(worker),
    );
    await Promise.all(lanes.map(lane));
    const sealed = await first?.ask({ call: 'sealManifest', plan: planned.plan, attempts });
    const { totalTasks: rows } = sealed as PreparedManifest;
    const seconds = (performance.now() - start) / 1_000;
    const peakBytes = Math.max(...processes.map((worker) => worker.peakBytes));
    const cpuSeconds = processes.reduce((sum, worker) => sum + worker.cpuSeconds, 0);
    return { name, workers, rows, seconds, cpuSeconds, peakBytes };
  } finally {
    for (const worker of processes) worker.end();
  }
}

function jobOf(source: object): JobInput {
  const request = {
    ClientRequestToken: 'bench',
    ConfirmationRequired: false,
    Priority: 10,
    RoleArn: 'arn:aws:iam::123456789012:role/bench',
    Operation: OPERATION,
    Report: { Enabled: false },
    ...source,
  } as JobRequest;
  return {
    jobId: JOB_ID,
    account: '123456789012',
    request,
    plan: parseOperation(OPERATION).plan,
    workspace: { bucket: 'workspace', prefix: `jobs/${JOB_ID}/` },
    createdAt: new Date().toISOString(),
    region: 'us-east-1',
  };
}

class WorkerProcess {
  peakBytes = 0;
  cpuSeconds = 0;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (answered: Answered) => void>();
  private readonly ended: Promise<never>;
  private asked = 0;

  constructor(port: number, job: string) {
    const script = join(__dirname, '..', 'tools', 'preparing-worker.js');
    this.child = fork(script, [`http://127.0.0.1:${String(port)}`, job]);
    this.ended = once(this.child, 'exit').then(() => Promise.reject(new Error('a worker has ended')));
    // Every child ends at last.
    this.ended.catch(() => undefined);
    this.child.on('message', ({ id, answered }: { readonly id: number; readonly answered: Answered }) => {
      this.waiting.get(id)?.(answered);
      this.waiting.delete(id);
    });
  }

  async ask(asked: Asked): Promise<Answered['result']> {
    const id = this.asked++;
    const answer = new Promise<Answered>((resolve) => this.waiting.set(id, resolve));
    this.child.send({ id, asked });
    const { result, error, peakBytes, cpuSeconds } = await Promise.race([answer, this.ended]);
    this.peakBytes = Math.max(this.peakBytes, peakBytes);
    this.cpuSeconds = Math.max(this.cpuSeconds, cpuSeconds);
    if (error !== undefined) throw new Error(error);
    return result;
  }

  end(): void {
    this.child.kill();
  }
}

const READY_WITHIN_MS = 15_000;

async function isReady(port: number): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const answered = await fetch(`http://127.0.0.1:${String(port)}/healthz`).catch(() => undefined);
    if (answered?.ok === true) return;
    if (Date.now() > until) throw new Error('the stub does not answer');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function report(measured: readonly Measured[]): PartResult {
  // By CPU: workers and stub on two cores would only show who gets them.
  const [one, two] = measured.slice(-2).map(({ cpuSeconds }) => cpuSeconds);
  const cost = preparingCost({
    rows: LISTED,
    parts: LIMITS.listing.partsAim,
    rowsPerSecond: KEYS_PER_SECOND,
    retries: 100,
  });
  return {
    tables: [
      {
        title: 'making the list of a job',
        columns: [
          '',
          'workers',
          'rows',
          'seconds',
          'rows/s',
          "rows per second of the workers' CPU",
          'peak of a worker, MiB',
        ],
        rows: measured.map(({ name, workers, rows, seconds, cpuSeconds, peakBytes }) => [
          name,
          String(workers),
          number(rows),
          number(seconds, 1),
          number(rows / seconds),
          number(rows / cpuSeconds),
          number(peakBytes / MIB),
        ]),
      },
      {
        title: `Temporal actions while ${number(LISTED)} keys are listed at ${number(KEYS_PER_SECOND)} keys/s, counted from the bounds`,
        columns: ['activities', 'retries', 'heartbeats', 'memo', 'others', 'all'],
        rows: [
          [cost.activities, cost.retries, cost.heartbeats, cost.memo, cost.others, actionsOf(cost)].map((value) =>
            number(value),
          ),
        ],
      },
    ],
    goals: [
      atMost('memory', Math.max(...measured.map(({ peakBytes }) => peakBytes)) / MIB, MEMORY_MIB_MAX, 'MiB'),
      atLeast(
        'two workers over one, a core for each',
        (2 * (one ?? Number.NaN)) / (two ?? Number.NaN),
        TWO_OVER_ONE,
        '×',
        2,
      ),
      atMost('Temporal actions of a list', actionsOf(cost), ACTIONS_MAX, ''),
    ],
    notes: [
      'the activities of a job in processes of their own, without Temporal; the store is a stub on the same machine that keeps no rows',
      `slow listing: ${String(LATENCY_MS)} ms more for each request`,
    ],
    data: { measured, cost },
  };
}
