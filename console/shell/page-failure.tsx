import type { ErrorComponentProps } from '@tanstack/react-router';
import { Problem } from '../parts/problem';

/** In place of a page that can't be shown. */
export function PageFailure({ error, reset }: ErrorComponentProps) {
  return (
    <div className="stack">
      <title>Failure · Drover</title>
      <h1>This page can't be shown</h1>
      <Problem error={error} />
      <div>
        <button type="button" className="button" onClick={reset}>
          Try again
        </button>
      </div>
    </div>
  );
}
