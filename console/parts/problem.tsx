import { ApiError } from '../client/api';

/** An error as a person needs it: what, what to do, and what to quote. */
export function Problem({ error }: { readonly error: unknown }) {
  return (
    <div className="problem stack-close" role="alert">
      <strong>{error instanceof Error ? error.message : String(error)}</strong>
      {error instanceof ApiError && error.advice !== '' && <p>{error.advice}</p>}
      {error instanceof ApiError && (
        <p className="small muted">
          {error.code}
          {error.requestId !== undefined && ` · request ${error.requestId}`}
        </p>
      )}
    </div>
  );
}
