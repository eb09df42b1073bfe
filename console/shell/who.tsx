import { useMutation, useQueryClient } from '@tanstack/react-query';
import { logOut, type Session, takeSession } from '../client/session';

/** The key that is signed in, and the way out. */
export function Who({ session }: { readonly session: Session }) {
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: logOut,
    onSuccess: () => takeSession(queries, null),
  });
  return (
    <div className="row small">
      <span className="muted">
        {session.accessKeyId ?? 'No login needed'} · {session.account}
      </span>
      {session.viewOnly && <strong>View only</strong>}
      {session.expiresAt !== undefined && (
        <button type="button" className="button" onClick={() => leave.mutate()} disabled={leave.isPending}>
          Log out
        </button>
      )}
    </div>
  );
}
