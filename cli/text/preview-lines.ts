import { ApiError } from '../api-client';

/** One object as a source tells it (api/preview). */
export interface PreviewRow {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly size?: number;
  readonly lastModified?: string;
  readonly storageClass?: string;
  readonly isDeleteMarker?: boolean;
}

export interface PreviewCount {
  readonly objects: number;
  /** Absent: not told of each of them. */
  readonly bytes?: number;
}

export interface PreviewTotals extends PreviewCount {
  readonly untoldSizes: number;
  readonly byStorageClass: Readonly<Record<string, PreviewCount>>;
  readonly untoldStorageClasses: number;
  readonly bySize: readonly {
    readonly fromBytes: number;
    readonly belowBytes?: number;
    readonly objects: number;
    readonly bytes: number;
  }[];
  readonly deleteMarkers: number;
  readonly deleteMarkersLeftOut: number;
  readonly asked: number;
}

export interface PreviewSink {
  readonly rows: (rows: readonly PreviewRow[]) => Promise<void> | void;
  /** Rows that were given do not count. */
  readonly restart: () => Promise<void> | void;
  readonly progress: (read: number, rows: number) => void;
}

interface Line {
  readonly progress?: { readonly read: number; readonly rows: number };
  readonly rows?: readonly PreviewRow[];
  readonly restart?: object;
  readonly totals?: PreviewTotals;
  readonly error?: { readonly code: string; readonly message: string; readonly advice: string };
}

/** Takes the lines of a preview to its end. Rejects with `ApiError` for one that ends in an error, or breaks off. */
export async function takePreview(body: AsyncIterable<Uint8Array>, sink: PreviewSink): Promise<PreviewTotals> {
  for await (const text of linesOf(body)) {
    const { progress, rows, restart, totals, error } = JSON.parse(text) as Line;
    if (totals !== undefined) return totals;
    if (error !== undefined) throw new ApiError(error.code, error.message, error.advice, 400);
    if (progress !== undefined) sink.progress(progress.read, progress.rows);
    if (restart !== undefined) await sink.restart();
    if (rows !== undefined) await sink.rows(rows);
  }
  throw brokenOff();
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const bytes of body) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if (error instanceof Error && !(error instanceof TypeError)) throw error;
    throw brokenOff();
  }
}

function brokenOff(): ApiError {
  return new ApiError('ServiceUnavailable', 'The preview broke off', 'Try again.', 503);
}
