import type { SourceMeter } from '../sources/source';
import type { PartCounts } from './part-state';

/** What a part has read of its source beside rows, by all attempts together. */
export class PartMeter implements SourceMeter {
  private read: number;
  private answered: number;
  private done: number;

  constructor({ bytes, pages, files }: Pick<PartCounts, 'bytes' | 'pages' | 'files'>) {
    this.read = bytes;
    this.answered = pages;
    this.done = files;
  }

  get seen(): Pick<PartCounts, 'bytes' | 'pages' | 'files'> {
    return { bytes: this.read, pages: this.answered, files: this.done };
  }

  bytes(count: number): void {
    this.read += count;
  }

  page(): void {
    this.answered++;
  }

  filesDone(count: number): void {
    this.done = Math.max(this.done, count);
  }
}
