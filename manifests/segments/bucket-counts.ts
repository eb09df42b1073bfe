import { LIMITS } from '../../contracts/limits';

/** Rows of a bucket. */
export type BucketRows = readonly [bucket: string, rows: number];

/** How many rows name which bucket: of the first buckets, for a list may have any number of them. */
export class BucketCounts {
  private readonly counts = new Map<string, { rows: number }>();
  private last: { readonly bucket: string; readonly count: { rows: number } } | undefined;

  constructor(left: readonly BucketRows[] = []) {
    for (const [bucket, rows] of left) this.add(bucket, rows);
  }

  add(bucket: string, rows = 1): void {
    // Rows of a bucket stand together.
    if (this.last?.bucket === bucket) {
      this.last.count.rows += rows;
      return;
    }
    let count = this.counts.get(bucket);
    if (count === undefined) {
      if (this.counts.size >= LIMITS.source.bucketsCounted) return;
      this.counts.set(bucket, (count = { rows: 0 }));
    }
    count.rows += rows;
    this.last = { bucket, count };
  }

  toArray(): BucketRows[] {
    return [...this.counts].map(([bucket, { rows }]) => [bucket, rows]);
  }
}
