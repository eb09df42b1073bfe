import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { type Lifetime, runUntilStopped } from '../dev/lifetime';
import { PROJECT_ROOT } from '../dev/parts/project-root';
import { runCommand } from '../dev/tools/progress.cjs';
import { formatResult } from './output';
import type { BenchPart, PartResult, Sizes } from './part';
import { api } from './suites/api';
import { copy } from './suites/copy';
import { deletion } from './suites/delete';
import { engine } from './suites/engine';
import { invoke } from './suites/invoke';
import { large } from './suites/large';
import { latency } from './suites/latency';
import { listing } from './suites/listing';
import { manifests } from './suites/manifests';
import { memory } from './suites/memory';
import { operations } from './suites/operations';
import { preparing } from './suites/preparing';
import { priority } from './suites/priority';
import { select } from './suites/select';

const PARTS: readonly BenchPart[] = [
  engine,
  copy,
  operations,
  deletion,
  large,
  invoke,
  latency,
  memory,
  priority,
  api,
  listing,
  manifests,
  select,
  preparing,
];
const INTERRUPTED = 130;

interface Options {
  readonly tasks: number;
  readonly objects: number;
  readonly rounds: number;
  readonly operationTasks: number;
  readonly deleteObjects: number;
  readonly concurrency: number;
  readonly jobs: number;
  readonly listingKeys: number;
  readonly listingStubKeys: number;
  readonly memoryTasks: readonly number[];
  readonly crowd: number;
  readonly manifestRows: number;
  readonly inventoryRows: number;
  readonly seconds: number;
  readonly selectRows: number;
  readonly preparingRows: number;
  readonly profile?: string;
  readonly metrics: boolean;
  readonly check: boolean;
}

/** `npm run bench -- [parts] [options]`. Ratios hold within one run; absolute numbers belong to the machine. */
function main(): void {
  const command = benchCommand().parse();
  const [names] = command.processedArgs as [readonly string[]];
  const parts = PARTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const options = command.opts<Options>();
  runUntilStopped((lifetime) => runParts(lifetime, parts, options), INTERRUPTED);
}

function benchCommand(): Command {
  const names = PARTS.map(({ name }) => name);
  return new Command('bench')
    .description(
      `Measures Drover on a stack of its own and writes bench/results/<date>.json.\n\n${PARTS.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n')}`,
    )
    .addArgument(new Argument('[parts...]', 'which parts; all of them by default').choices(names).default([]))
    .option('--tasks <number>', 'engine: tasks of the job', positive, 200_000)
    .option('--objects <number>', 'copy: objects', positive, 20_000)
    .option('--rounds <number>', 'copy, operations, delete, listing: rounds of each', positive, 3)
    .option('--operation-tasks <number>', 'operations (on the stub), invoke: tasks of each job', positive, 50_000)
    .option('--delete-objects <number>', 'delete, operations (on SeaweedFS): objects', positive, 20_000)
    .option('--concurrency <number>', 'copy: requests that s5cmd and rclone keep in flight', positive, 64)
    .option('--jobs <number>', 'latency: jobs', positive, 30)
    .option('--listing-keys <number>', 'listing: keys on SeaweedFS, and behind a slow network', positive, 200_000)
    .option('--listing-stub-keys <number>', 'listing: keys of a stub', positive, 10_000_000)
    .option('--memory-tasks <numbers>', 'memory: sizes of the jobs, by commas', positives, [100_000, 2_000_000])
    .option('--crowd <number>', 'priority: jobs that are there at once', positive, 200)
    .option('--manifest-rows <number>', 'manifests: rows of the CSV lists', positive, 20_000_000)
    .option('--inventory-rows <number>', 'manifests: rows of the inventory files', positive, 1_000_000)
    .option('--seconds <number>', 'api: how long each kind of request is sent at a steady pace', positive, 20)
    .option('--select-rows <number>', 'select: rows', positive, 10_000_000)
    .option('--preparing-rows <number>', 'preparing: rows of each list', positive, 20_000_000)
    .option('--profile <folder>', 'write CPU profiles of the API and the workers into this folder; slows them down')
    .option('--metrics', 'API and first worker serve metrics, which are read every second: for what that costs', false)
    .option('--check', 'exit with code 1 when a goal is missed', false);
}

async function runParts(lifetime: Lifetime, parts: readonly BenchPart[], options: Options): Promise<void> {
  const sizes = sizesOf(options);
  const results: Record<string, PartResult> = {};
  for (const part of parts) {
    const context = {
      sizes,
      lifetime,
      ...(options.profile === undefined ? {} : { profileFolder: resolve(options.profile) }),
      metrics: options.metrics,
    };
    const result = await part.run(context);
    results[part.name] = result;
    lifetime.say(`\n${formatResult(part.name, result)}\n`);
  }
  const file = await save(sizes, results);
  lifetime.say(`written: ${relative(process.cwd(), file)}`);
  const missed = Object.values(results).flatMap(({ goals }) => goals.filter(({ met }) => !met));
  if (options.check && missed.length > 0) throw new Error(`goals missed: ${missed.map(({ name }) => name).join(', ')}`);
}

function sizesOf(options: Options): Sizes {
  return {
    engineTasks: options.tasks,
    copyObjects: options.objects,
    copyRounds: options.rounds,
    operationTasks: options.operationTasks,
    deleteObjects: options.deleteObjects,
    copyConcurrency: options.concurrency,
    latencyJobs: options.jobs,
    listingKeys: options.listingKeys,
    listingStubKeys: options.listingStubKeys,
    priorityCrowd: options.crowd,
    manifestRows: options.manifestRows,
    inventoryRows: options.inventoryRows,
    apiSeconds: options.seconds,
    selectRows: options.selectRows,
    preparingRows: options.preparingRows,
    memoryTasks: [...options.memoryTasks].sort((a, b) => a - b),
  };
}

async function save(sizes: Sizes, results: Readonly<Record<string, PartResult>>): Promise<string> {
  const date = new Date().toISOString();
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()}`,
    node: process.version,
  };
  const parts = Object.entries(results).map(([name, { data, goals, notes }]) => [name, { goals, notes, data }]);
  const folder = join(PROJECT_ROOT, 'bench', 'results');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${date.slice(0, 19).replaceAll(':', '-')}.json`);
  const content = { date, commit: await commit(), machine, sizes, parts: Object.fromEntries(parts) as unknown };
  await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return file;
}

/** Absent outside a git checkout. */
async function commit(): Promise<string | undefined> {
  return runCommand('git', ['describe', '--always', '--dirty'], { cwd: PROJECT_ROOT }).then(
    (text) => text.trim(),
    () => undefined,
  );
}

function positive(text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed');
  return value;
}

function positives(text: string): number[] {
  return text.split(',').map(positive);
}

main();
