import { ApiClient } from '../../cli/api-client';
import type { JobStatus } from '../../contracts/job';
import { type BenchStack, STUB_BUCKETS, withStack } from '../harness';
import { putManifest } from '../objects';
import { atMost, type BenchPart, type Context, number, type PartResult } from '../part';
import { usageAvailable } from '../process-usage';
import { median, percentile } from '../statistics';
import { jobsIn } from './jobs';
import { LeanClient } from './lean-client';
import { type Call, closedLoop, inLanes, paced, waitFor } from './load';

const CLIENTS = 50;
/** The pause of each client between requests. Every CreateJob sets off some dozen writes of Temporal's development server, which takes some tens of jobs a second. */
const INTERVALS_MS = { create: 10_000, describe: 1_000 } as const;
const CLOSED_REQUESTS = { create: 200, describe: 1_000 } as const;
const WARM_UP_REQUESTS = 200;
const ENDED_JOBS = 50;
const RUNNING_TASKS = 1_000_000;
const POLL_MS = 250;
const PATIENCE_MS = 120_000;
const MEDIAN_MAX_MS = 50;

interface Measured {
  readonly name: string;
  readonly times: readonly number[];
  readonly seconds: number;
  /** By part of the stack. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

/** What a client waits for who calls the API, while others do. */
export const api: BenchPart = {
  name: 'api',
  summary: `CreateJob and DescribeJob with ${String(CLIENTS)} clients: at a steady pace, and as fast as they are answered`,
  run: (context) => withStack(context, { stub: 'puts' }, (stack) => new ApiRun(context, stack).measure()),
};

class ApiRun {
  private readonly client: LeanClient;
  private readonly rest: ApiClient;
  private readonly pacedCalls: Measured[] = [];
  private readonly closedCalls: Measured[] = [];

  constructor(
    private readonly context: Context,
    private readonly stack: BenchStack,
  ) {
    this.client = new LeanClient(stack);
    this.rest = new ApiClient({ apiUrl: stack.apiUrl });
  }

  async measure(): Promise<PartResult> {
    try {
      await this.prepare();
      await this.unconfirmed();
      await this.running();
      return report(this.pacedCalls, this.closedCalls);
    } finally {
      await this.client.close();
    }
  }

  /** Warms up with what the ended jobs are, so that both are done at once. */
  private async prepare(): Promise<void> {
    const manifest = await putManifest(this.stack.storeConfig, STUB_BUCKETS.source, 1);
    const ended: string[] = [];
    await inLanes(10, ENDED_JOBS, async () => {
      ended.push(await this.client.createJob(manifest, STUB_BUCKETS.target, false));
    });
    await this.settled(['New', 'Preparing', 'Ready', 'Active', 'Completing']);
    const describe = describer(this.client, ended, 'Complete');
    await closedLoop(CLIENTS, WARM_UP_REQUESTS, describe);
    await this.both('describe', 'DescribeJob of ended jobs', describe);
  }

  private async unconfirmed(): Promise<void> {
    const manifest = await putManifest(this.stack.storeConfig, STUB_BUCKETS.source, 1);
    const waiting: string[] = [];
    const create: Call = async () => {
      waiting.push(await this.client.createJob(manifest, STUB_BUCKETS.target, true));
    };
    await this.both('create', 'CreateJob of one object, to be confirmed', create);
    const own = waiting.slice(-CLIENTS);
    await this.both('describe', 'DescribeJob of jobs to be confirmed', describer(this.client, own, 'Suspended'));
  }

  private async running(): Promise<void> {
    const manifest = await putManifest(this.stack.storeConfig, STUB_BUCKETS.source, RUNNING_TASKS);
    const jobId = await this.client.createJob(manifest, STUB_BUCKETS.target, false);
    await waitFor({
      what: `job ${jobId} to run`,
      look: () => this.rest.describeJob(jobId),
      reached: ({ progress }) => progress.succeeded > 0,
      pollMs: POLL_MS,
      timeoutMs: PATIENCE_MS,
    });
    await this.both('describe', 'DescribeJob of a job at full speed', describer(this.client, [jobId], 'Active'));
    await this.rest.change(jobId, 'cancel');
  }

  private async both(kind: keyof typeof INTERVALS_MS, name: string, call: Call): Promise<void> {
    const intervalMs = INTERVALS_MS[kind];
    const requests = Math.ceil((CLIENTS * this.context.sizes.apiSeconds * 1_000) / intervalMs);
    this.pacedCalls.push(await this.timed(name, () => paced(CLIENTS, intervalMs, requests, call)));
    await this.settled(['New', 'Preparing']);
    this.closedCalls.push(await this.timed(name, () => closedLoop(CLIENTS, CLOSED_REQUESTS[kind], call)));
    await this.settled(['New', 'Preparing']);
  }

  private async timed(name: string, run: () => Promise<readonly number[]>): Promise<Measured> {
    const cpuBefore = usageAvailable() ? this.stack.cpuSeconds() : {};
    const start = performance.now();
    const times = await run();
    const elapsed = (performance.now() - start) / 1_000;
    const cpuAfter = usageAvailable() ? this.stack.cpuSeconds() : {};
    this.context.lifetime.say(`api: ${name}: median ${number(median(times), 1)} ms in ${number(elapsed, 1)} s`);
    const used = Object.entries(cpuAfter).map(([part, total]) => [part, total - (cpuBefore[part] ?? 0)] as const);
    return { name, times, seconds: elapsed, cpuSeconds: Object.fromEntries(used) };
  }

  /** What the last calls set off must not be measured with the next ones. */
  private async settled(statuses: readonly JobStatus[]): Promise<void> {
    await waitFor({
      what: `no job to be ${statuses.join(' or ')}`,
      look: () => jobsIn(this.rest, statuses),
      reached: (jobs) => jobs.length === 0,
      pollMs: POLL_MS,
      timeoutMs: PATIENCE_MS,
    });
  }
}

/** Asks after the jobs in turn. An answer with another status means that something else was measured. */
function describer(client: LeanClient, jobs: readonly string[], wanted: string): Call {
  return async (index) => {
    const jobId = jobs[index % jobs.length] ?? '';
    const status = await client.describeJob(jobId);
    if (status !== wanted) throw new Error(`job ${jobId} is ${status} instead of ${wanted}`);
  };
}

function report(pacedCalls: readonly Measured[], closedCalls: readonly Measured[]): PartResult {
  return {
    tables: [
      table(
        `${String(CLIENTS)} clients, each with a DescribeJob every ${seconds(INTERVALS_MS.describe)} or a CreateJob every ${seconds(INTERVALS_MS.create)}; milliseconds`,
        pacedCalls,
      ),
      table(`${String(CLIENTS)} clients, each as fast as it is answered; milliseconds`, closedCalls),
    ],
    goals: pacedCalls.map(({ name, times }) => atMost(`${name}, median`, median(times), MEDIAN_MAX_MS, 'ms', 1)),
    notes: [
      'signed requests over connections that are kept; clients and servers share the machine',
      'paced requests count from when they were due; the goals are for these, for a closed loop measures throughput',
      'a job to be confirmed has its manifest read by the worker all the same: see the CPU of worker and temporal',
    ],
    data: { paced: pacedCalls, closed: closedCalls },
  };
}

function seconds(ms: number): string {
  return `${String(ms / 1_000)} s`;
}

function table(title: string, calls: readonly Measured[]) {
  const cores = (one: Measured, part: string): string => number((one.cpuSeconds[part] ?? Number.NaN) / one.seconds, 2);
  return {
    title,
    columns: ['', 'n', 'per second', 'median', 'p95', 'max', 'cores: api', 'temporal', 'worker'],
    rows: calls.map((one) => [
      one.name,
      number(one.times.length),
      number(one.times.length / one.seconds),
      number(median(one.times), 1),
      number(percentile(one.times, 95), 1),
      number(Math.max(...one.times), 1),
      cores(one, 'api'),
      cores(one, 'temporal'),
      cores(one, 'worker'),
    ]),
  };
}
