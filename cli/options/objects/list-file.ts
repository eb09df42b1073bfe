import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, type Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { csvCell } from '../../../contracts/text/csv-cell';
import { removedOnSignal } from '../../removed-on-signal';
import { UsageError } from '../../usage-error';

/** An object as it is named. */
export interface NamedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/**
 * A list on its way to a file, as a CSV manifest with URL-encoded keys. It lies in a temporary file until it is whole: a list
 * that breaks off is nowhere, and its columns are known at the end only.
 */
export class ListFile {
  private file: WriteStream;
  private versions = false;
  private written = 0;
  private readonly release: () => void;

  private constructor(private readonly folder: string) {
    this.release = removedOnSignal(folder);
    this.file = createWriteStream(this.path, { mode: 0o600 });
  }

  static async open(): Promise<ListFile> {
    return new ListFile(await mkdtemp(join(tmpdir(), 'drover-list-')));
  }

  get rows(): number {
    return this.written;
  }

  get hasVersions(): boolean {
    return this.versions;
  }

  async add(rows: readonly NamedObject[]): Promise<void> {
    if (rows.length === 0) return;
    this.written += rows.length;
    this.versions ||= rows.some(({ versionId }) => versionId !== undefined);
    if (!this.file.write(rows.map(line).join(''))) await once(this.file, 'drain');
  }

  /** What was added does not count. */
  async restart(): Promise<void> {
    await this.close();
    this.written = 0;
    this.versions = false;
    this.file = createWriteStream(this.path, { mode: 0o600 });
  }

  /** Leaves the whole list in `target`, in one go, or sends it to `stdout` for `-`. Throws `UsageError` for a file that can't be written. */
  async leave(target: string, stdout: Writable): Promise<void> {
    await this.close();
    if (target === '-') {
      for await (const text of this.lines()) if (!stdout.write(text)) await once(stdout, 'drain');
      return;
    }
    const whole = join(this.folder, 'whole.csv');
    await pipeline(Readable.from(this.lines()), createWriteStream(whole));
    try {
      await moved(whole, target);
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      throw new UsageError(`${target} cannot be written: ${code}`, { cause: error });
    }
  }

  /** Forgets what is left. */
  async dispose(): Promise<void> {
    this.file.destroy();
    this.release();
    await rm(this.folder, { recursive: true, force: true });
  }

  private get path(): string {
    return join(this.folder, 'rows.csv');
  }

  private async close(): Promise<void> {
    this.file.end();
    await finished(this.file);
  }

  /** Without the third column, where no row has a version. */
  private async *lines(): AsyncGenerator<string> {
    for await (const text of createInterface({ input: createReadStream(this.path), crlfDelay: Infinity })) {
      yield `${this.versions ? text : text.slice(0, -1)}\n`;
    }
  }
}

/** A rename within one file system is whole or not at all. */
async function moved(from: string, to: string): Promise<void> {
  const near = join(dirname(to), `.drover-list-${process.pid}`);
  try {
    await copyFile(from, near);
    await rename(near, to);
  } finally {
    await rm(near, { force: true });
  }
}

function line({ bucket, key, versionId = '' }: NamedObject): string {
  return `${csvCell(bucket)},${encodeURIComponent(key).replaceAll('%2F', '/')},${csvCell(versionId)}\n`;
}
