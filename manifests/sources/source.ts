import type { ListingMode } from '../../contracts/engine/activities';
import type { JobRequest, Json, JsonObject, Workspace } from '../../contracts/job';
import type { ObjectProperties, ObjectStore } from '../../storage/object-store';
import type { BucketRows } from '../segments/bucket-counts';
import type { ManifestForm } from '../segments/segment-table';
import type { SourcePage } from './page';
import type { SourceRow } from './row';

export interface FormerJob {
  readonly request: JobRequest;
  readonly isRunning: boolean;
  /** It came to know its tasks: it has left an index of them, unless that has been removed. */
  readonly hadTasks: () => Promise<boolean>;
}

/** What a source has to work with. */
export interface SourceContext {
  /** The store of a bucket, under the job's role. Throws `DroverError`. */
  readonly storeFor: (bucket: string) => ObjectStore;
  /** That of the configuration, where every job has its folder, and manifests that were sent to the API lie. */
  readonly workspace: Workspace & { readonly store: ObjectStore };
  readonly account: string;
  readonly batchRows: number;
  /** Rows have to pass a filter. */
  readonly isFiltered: boolean;
  /** The `Select` that the stores of the source's files are to carry out (`Filter.SelectBy`). */
  readonly selectByStore?: string;
  /** What a job was started with; undefined when there is none, or it is not one of the account's. */
  readonly formerJob: (jobId: string) => Promise<FormerJob | undefined>;
  /** Whether a rule of its bucket's replication configuration takes the object: a filter may ask it. */
  readonly isTakenByRule: (row: SourceRow, found: ObjectProperties) => Promise<boolean>;
  /** A condition as operations have it, prepared for many rows. It rejects with `StoreError` for an object that can't be asked for. */
  readonly condition: (when: JsonObject) => (row: SourceRow) => Promise<boolean>;
  /** How buckets are to be listed whose listing could not be trusted otherwise, by name. */
  readonly listAs: Readonly<Record<string, ListingMode>>;
  /** When the job was created, in milliseconds since 1970: what ages are counted from. */
  readonly nowMs: number;
  /** Told what is read beside rows. */
  readonly meter?: SourceMeter;
  readonly signal: AbortSignal;
}

export interface SourceMeter {
  /** Bytes of a file, as they lie in the store. */
  bytes(count: number): void;
  /** A listing has been answered. */
  page(): void;
  /** So many of the part's files have been read to their end. */
  filesDone(count: number): void;
}

/** A source that has been cut into parts, each for one activity. JSON, kept in the workspace. */
export interface PlannedParts {
  /** Another with each plan: what parts of a former plan have left does not count. */
  readonly id: string;
  /** Name of the source. */
  readonly source: string;
  /** In the order of their rows. */
  readonly parts: readonly Json[];
  /** How the rows that the parts write are to be read. */
  readonly form: ManifestForm;
  /** How many there are. Absent: the source has none, or tells nothing of them. */
  readonly files?: number;
}

/**
 * Takes what a source gives. Rows of one strand come in their order, those of several in any. `taken` is called, synchronously,
 * when the rows are among those that will be kept together with the source's `state()`: the source moves it on there.
 */
export interface RowSink {
  /** Resolves when more may come. */
  rows(strand: number, rows: readonly SourceRow[], taken: () => void): Promise<void>;
  /** Whole rows in the form of the source; `cuts`: the first byte of each batch but the first. They pass no filter. */
  raw(strand: number, text: RawRows, taken: () => void): Promise<void>;
  /** Counts delete markers that the source leaves out. */
  leftOut(deleteMarkers: number): void;
}

export interface RawRows {
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
  readonly rows: number;
  /** Rows by bucket. */
  readonly buckets: readonly BucketRows[];
}

/** A part under way. */
export interface PartReading {
  /** Resolves when the part has been read to its end. Rejects with `DroverError` that names file, row and cause, or with `StoreError`. */
  run(sink: RowSink): Promise<void>;
  /** The strands so far, in the order of their rows. */
  strands(): readonly number[];
  /** Where another attempt goes on after the rows that were taken. */
  state(): Json | undefined;
}

/** One kind of source. */
export interface SourceDefinition<Request> {
  readonly name: string;
  /** Cuts the source into parts. Throws `DroverError` for a source that can't be read. */
  plan(request: Request, context: SourceContext): Promise<Pick<PlannedParts, 'parts' | 'form' | 'files'>>;
  /** Begins a part, or goes on with it from a state that a former attempt has left. */
  open(part: Json, left: Json | undefined, context: SourceContext): PartReading;
}

/** A piece of a part that is one sequence. */
export interface SequentialPage extends SourcePage {
  readonly skippedDeleteMarkers?: number;
}

/** A part of one strand. */
export function sequentialReading(left: Json | undefined, pages: AsyncIterable<SequentialPage>): PartReading {
  let state = left;
  return {
    async run(sink) {
      for await (const { rows, cursor, skippedDeleteMarkers = 0 } of pages) {
        await sink.rows(0, rows, () => {
          state = cursor;
          sink.leftOut(skippedDeleteMarkers);
        });
      }
    },
    strands: () => [0],
    state: () => state,
  };
}
