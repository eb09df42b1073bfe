import { answered, api, ApiError, fetchAtLength, type Schemas } from './api';

export type PreviewRequest = Schemas['PreviewRequest'];

/** One object as a source tells it; what it does not tell is absent. */
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
  readonly byStorageClass: Readonly<Record<string, PreviewCount>>;
  readonly untoldSizes: number;
  readonly deleteMarkers: number;
  readonly deleteMarkersLeftOut: number;
  readonly asked: number;
}

export interface Preview {
  readonly rows: readonly PreviewRow[];
  /** Rows that the source has told so far, and how many of them the filter has let pass. */
  readonly read: number;
  readonly passed: number;
  /** Absent while the source is still read. */
  readonly totals?: PreviewTotals;
}

interface Line {
  readonly progress?: { readonly read: number; readonly rows: number };
  readonly rows?: readonly PreviewRow[];
  readonly restart?: object;
  readonly totals?: PreviewTotals;
  readonly error?: { readonly code: string; readonly message: string; readonly advice: string };
}

/** Reads a source without making a job. `show` gets what is known so far. Rejects with `ApiError`, or the signal's reason. */
export async function preview(
  request: PreviewRequest,
  signal: AbortSignal,
  show: (soFar: Preview) => void,
): Promise<Preview> {
  const body = await ask(request, signal);
  let known: Preview = { rows: [], read: 0, passed: 0 };
  for await (const text of linesOf(body, signal)) {
    known = withLine(known, JSON.parse(text) as Line);
    show(known);
    if (known.totals !== undefined) return known;
  }
  throw brokenOff();
}

/** Rejects with `ApiError` for a line that says what went wrong. */
export function withLine(known: Preview, { progress, rows, restart, totals, error }: Line): Preview {
  if (error !== undefined) throw new ApiError(error.code, error.message, error.advice, 400);
  if (totals !== undefined) return { ...known, totals };
  if (restart !== undefined) return { ...known, rows: [] };
  if (rows !== undefined) return { ...known, rows: [...known.rows, ...rows] };
  return progress === undefined ? known : { ...known, read: progress.read, passed: progress.rows };
}

function ask(request: PreviewRequest, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | null> {
  return answered(
    api.POST('/api/sources/preview', {
      body: request,
      parseAs: 'stream',
      fetch: (asked: Request) => fetchAtLength(asked),
      signal,
    }),
  );
}

async function* linesOf(body: ReadableStream<Uint8Array> | null, signal: AbortSignal): AsyncGenerator<string> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const part = await reader?.read();
      if (part?.value === undefined) return;
      const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) throw error;
    throw brokenOff();
  } finally {
    reader?.releaseLock();
  }
}

function brokenOff(): ApiError {
  return new ApiError('ApiUnreachable', 'The preview broke off', 'Try again.', 0);
}
