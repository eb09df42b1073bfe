import type { Lifetime } from '../dev/lifetime';

/** Sizes of a run. The defaults are those that the goals are stated for; smaller ones are for trying things out. */
export interface Sizes {
  readonly engineTasks: number;
  readonly copyObjects: number;
  readonly copyRounds: number;
  /** Tasks of each job of the parts `operations` and `invoke`. */
  readonly operationTasks: number;
  readonly deleteObjects: number;
  /** Requests that s5cmd and rclone keep in flight; Drover starts at LIMITS.request.perBucketStart and adapts. */
  readonly copyConcurrency: number;
  readonly latencyJobs: number;
  /** Keys that are listed on SeaweedFS, and with an added latency; and of a stub without. */
  readonly listingKeys: number;
  readonly listingStubKeys: number;
  /** Job sizes whose memory is compared, ascending. */
  readonly memoryTasks: readonly number[];
  /** Jobs that are there at once. */
  readonly priorityCrowd: number;
  /** Rows of the lists that are read. */
  readonly manifestRows: number;
  readonly inventoryRows: number;
  /** How long the clients send requests of each kind at a steady pace. */
  readonly apiSeconds: number;
  readonly selectRows: number;
  /** Rows of the lists that are made. */
  readonly preparingRows: number;
}

export interface Context {
  readonly sizes: Sizes;
  readonly lifetime: Lifetime;
  /** Folder for CPU profiles of the API and the workers; absent: none are taken. */
  readonly profileFolder?: string;
  /** API and first worker serve metrics, which are read every second. */
  readonly metrics?: boolean;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Goal {
  readonly name: string;
  /** With its unit. */
  readonly measured: string;
  readonly wanted: string;
  readonly met: boolean;
}

export interface PartResult {
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  /** What a reader must know to judge the numbers: what stood in for what, what was skipped and why. */
  readonly notes: readonly string[];
  /** Everything measured, for the JSON file. */
  readonly data: unknown;
}

/** One part of the benchmark. Rejects when a job does not end as it should: numbers of a wrong result are worth nothing. */
export interface BenchPart {
  readonly name: string;
  readonly summary: string;
  run(context: Context): Promise<PartResult>;
}

export function atLeast(name: string, value: number, wanted: number, unit: string, digits = 0): Goal {
  const text = (one: number): string => `${number(one, digits)} ${unit}`.trimEnd();
  return { name, measured: text(value), wanted: `≥ ${text(wanted)}`, met: value >= wanted };
}

export function atMost(name: string, value: number, wanted: number, unit: string, digits = 0): Goal {
  const text = (one: number): string => `${number(one, digits)} ${unit}`.trimEnd();
  return { name, measured: text(value), wanted: `≤ ${text(wanted)}`, met: value <= wanted };
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
