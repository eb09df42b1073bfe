import type { PreparingProgress } from '../../contracts/job';
import type { PreviewLine, PreviewRow, PreviewTotals } from '../../contracts/preview';
import { ApiError } from '../api-client';

export interface PreviewSink {
  readonly rows: (rows: readonly PreviewRow[]) => Promise<void> | void;
  /** Rows that were given do not count. */
  readonly restart: () => Promise<void> | void;
  readonly progress: (progress: PreparingProgress) => void;
}

/** Takes the lines of a preview to its end. Rejects with `ApiError` for one that ends in an error, or breaks off. */
export async function takePreview(body: AsyncIterable<Uint8Array>, sink: PreviewSink): Promise<PreviewTotals> {
  for await (const text of linesOf(body)) {
    const line = JSON.parse(text) as PreviewLine;
    if ('totals' in line) return line.totals;
    if ('error' in line) throw new ApiError(line.error.code, line.error.message, line.error.advice, 400);
    if ('progress' in line) sink.progress(line.progress);
    else if ('restart' in line) await sink.restart();
    else if ('rows' in line) await sink.rows(line.rows);
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
