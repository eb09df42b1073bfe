import './login.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SyntheticEvent } from 'react';
import { type Login, logIn, takeSession } from '../../client/session';
import { textIn } from '../../parts/form-text';
import { Problem } from '../../parts/problem';

/** In place of every page while nobody is signed in: the address stays, and is shown afterwards. */
export function LoginPage() {
  const queries = useQueryClient();
  const login = useMutation({
    mutationFn: (given: Login) => logIn(given),
    onSuccess: (session) => takeSession(queries, session),
  });
  const submit = (given: SyntheticEvent<HTMLFormElement>): void => {
    given.preventDefault();
    const form = given.currentTarget;
    login.mutate({ accessKeyId: textIn(form, 'accessKeyId').trim(), secretAccessKey: textIn(form, 'secret') });
  };
  return (
    <form className="card stack login" onSubmit={submit}>
      <title>Log in · Drover</title>
      <h1>Log in</h1>
      <p className="muted small">With an access key of the API’s configuration, the one that the command line uses.</p>
      {login.error !== null && <Problem error={login.error} />}
      <div className="field">
        <label htmlFor="accessKeyId">Access key</label>
        <input id="accessKeyId" name="accessKeyId" autoComplete="username" autoCapitalize="none" required />
      </div>
      <div className="field">
        <label htmlFor="secret">Secret</label>
        <input id="secret" name="secret" type="password" autoComplete="current-password" required />
      </div>
      <button type="submit" className="button button-main login-submit" disabled={login.isPending}>
        Log in
      </button>
    </form>
  );
}
