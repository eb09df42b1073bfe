import type { Metric, Registry } from 'prom-client';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** A histogram's: `_bucket`, `_sum` or `_count`. */
  readonly suffix?: string;
}

/** One name of a page and all that stands under it, read when somebody asks. Seconds and bytes are in the names. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  read(): readonly Sample[] | Promise<readonly Sample[]>;
}

/**
 * Puts a family onto the registry's page. The library's own metrics look up their labels with every increment; ours are plain
 * numbers wherever the work is done, so the registry is given what it needs to print them, and no more.
 */
export function register(registry: Registry, families: readonly Family[]): void {
  for (const family of families) {
    const { name, help, type } = family;
    const printed = {
      name,
      help,
      type,
      get: async () => {
        const samples = await family.read();
        const values = samples.map(({ labels, value, suffix }) => ({
          labels,
          value,
          ...(suffix === undefined ? {} : { metricName: name + suffix }),
        }));
        return { name, help, type, values, aggregator: 'sum' };
      },
    };
    registry.registerMetric(printed as unknown as Metric);
  }
}

/** The samples of one histogram. `counts` are by bound, with one more for what is above all of them; bounds are in milliseconds. */
export function histogramSamples(
  labels: Readonly<Record<string, string>>,
  boundsMs: readonly number[],
  counts: readonly number[],
  sumMs: number,
): Sample[] {
  const samples: Sample[] = [];
  let total = 0;
  for (const [at, boundMs] of [...boundsMs, Infinity].entries()) {
    total += counts[at] ?? 0;
    const le = boundMs === Infinity ? '+Inf' : String(boundMs / 1_000);
    samples.push({ labels: { ...labels, le }, value: total, suffix: '_bucket' });
  }
  return [...samples, { labels, value: sumMs / 1_000, suffix: '_sum' }, { labels, value: total, suffix: '_count' }];
}
