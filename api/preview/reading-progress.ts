import type { PreparingProgress, RowCounts } from '../../contracts/job';
import { sumOfCounts } from '../../contracts/text/preparing-text';
import { NO_COUNTS, PartMeter, type PlannedParts, type SourceMeter, toldCounts } from '../../manifests';

/** What has been read of a source, one part after the other. */
export class ReadingProgress {
  private former: RowCounts = { read: 0, rows: 0 };
  private part: RowCounts = { read: 0, rows: 0 };
  private meter = new PartMeter(NO_COUNTS);
  private partsBegun = 0;

  constructor(private readonly plan: Pick<PlannedParts, 'parts' | 'files'>) {}

  /** The meter of the next part. */
  begin(): SourceMeter {
    this.former = this.counts();
    this.part = { read: 0, rows: 0 };
    this.meter = new PartMeter(NO_COUNTS);
    this.partsBegun++;
    return this.meter;
  }

  took(read: number, rows: number): void {
    this.part = { read: this.part.read + read, rows: this.part.rows + rows };
  }

  now(): PreparingProgress {
    const { parts, files } = this.plan;
    return {
      ...this.counts(),
      parts: parts.length,
      partsDone: this.partsBegun - 1,
      ...(files !== undefined && { filesTotal: files }),
    };
  }

  private counts(): RowCounts {
    return sumOfCounts([this.former, toldCounts({ ...NO_COUNTS, ...this.part, ...this.meter.seen })]);
  }
}
