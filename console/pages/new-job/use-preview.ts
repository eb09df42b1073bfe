import { useEffect, useRef, useState } from 'react';
import { type Preview, preview } from '../../client/preview';
import type { JsonObject } from '../../form/json';

/** First rows that are shown. */
const ROWS = 10;

export interface PreviewState {
  /** The source as it was asked for, as JSON; undefined before the first time. */
  readonly of?: string;
  readonly known?: Preview;
  readonly error?: unknown;
}

export interface PreviewHandle extends PreviewState {
  /** Reads a source anew; a reading that is under way ends. */
  readonly read: (source: JsonObject) => void;
}

/** A source that is read while people look. The reading ends when the page is left. */
export function usePreview(): PreviewHandle {
  const [state, setState] = useState<PreviewState>({});
  const reading = useRef<AbortController>(undefined);
  useEffect(() => () => reading.current?.abort(), []);
  const read = (source: JsonObject): void => {
    reading.current?.abort();
    const controller = new AbortController();
    reading.current = controller;
    const of = keyOf(source);
    setState({ of });
    const show = (known: Preview): void => {
      if (!controller.signal.aborted) setState({ of, known });
    };
    preview({ ...source, Rows: ROWS }, controller.signal, show).catch((error: unknown) => {
      if (!controller.signal.aborted) setState({ of, error });
    });
  };
  return { ...state, read };
}

export function keyOf(source: JsonObject): string {
  return JSON.stringify(source);
}

/** What is known of this very source. */
export function knownOf({ of, known, error }: PreviewState, source: JsonObject): Pick<PreviewState, 'known' | 'error'> {
  return of === keyOf(source) ? { ...(known && { known }), ...(error !== undefined && { error }) } : {};
}
