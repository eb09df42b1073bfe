import type { Quirk } from '../../support/quirks';
import { QuirkBench, type QuirkBenchOptions, SOURCE, TARGET } from './quirk-bench';

/** Benches of a test file, with source and target bucket, closed after each test. */
export function quirkBenches(): (quirks: readonly Quirk[], options?: QuirkBenchOptions) => Promise<QuirkBench> {
  const open: QuirkBench[] = [];
  afterEach(async () => {
    for (const bench of open.splice(0)) await bench.close();
  });
  return async (quirks, options) => {
    const bench = await QuirkBench.open(quirks, options);
    open.push(bench);
    bench.here.createBucket(SOURCE);
    bench.there.createBucket(TARGET);
    return bench;
  };
}
