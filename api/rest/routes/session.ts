import { z } from 'zod';
import type { AccountKeys } from '../../auth/accounts';
import { logIn, type RestRequest, type SignedIn } from '../../auth/rest-auth';
import { endedSessionCookie, newSession, type Session, sessionCookie } from '../../auth/session';
import { defineRoute, type Route } from '../route';

export interface SessionRouteDeps {
  readonly keys: AccountKeys;
  readonly now: () => number;
}

const login = z
  .strictObject({ accessKeyId: z.string().min(1).max(1_024), secretAccessKey: z.string().min(1).max(1_024) })
  .meta({ id: 'Login' });

const sessionAnswer = z
  .strictObject({
    account: z.string(),
    accessKeyId: z.string().optional().describe('Absent where no login is needed'),
    viewOnly: z.boolean().describe('The key changes nothing'),
    expiresAt: z.iso.datetime().optional().describe('End of the session, where there is one'),
  })
  .meta({ id: 'Session' });

/** Logging in and out. The session is a cookie that scripts of the page can't read. */
export function sessionRoutes({ keys, now }: SessionRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/session',
      operationId: 'createSession',
      tag: 'session',
      summary: 'Log in with an access key: sets the session cookie',
      schemas: { body: login, answer: sessionAnswer },
      status: 200,
      open: true,
      errors: ['CredentialsNeeded', 'InvalidCredentials', 'OriginNotAllowed'],
      handle: ({ body: { accessKeyId, secretAccessKey }, arrival, notes }) => {
        if (keys.secretOf(accessKeyId) !== undefined) notes.claimedAccessKeyId = accessKeyId;
        const { account } = logIn(arrival, keys, accessKeyId, secretAccessKey);
        Object.assign(notes, { account, accessKeyId });
        const session = newSession(accessKeyId, now());
        const cookie = sessionCookie(session, secretAccessKey, isOverTls(arrival));
        return Promise.resolve({
          headers: { 'Set-Cookie': cookie },
          body: described({ account, accessKeyId, session }, keys),
        });
      },
    }),
    defineRoute({
      method: 'get',
      path: '/session',
      operationId: 'describeSession',
      tag: 'session',
      summary: 'Show who is signed in',
      schemas: { answer: sessionAnswer },
      status: 200,
      errors: [],
      handle: ({ account, signedIn }) => Promise.resolve({ body: described(signedIn ?? { account }, keys) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/session',
      operationId: 'endSession',
      tag: 'session',
      summary: 'Log out: removes the session cookie',
      schemas: {},
      status: 204,
      open: true,
      errors: ['OriginNotAllowed'],
      handle: ({ arrival }) => Promise.resolve({ headers: { 'Set-Cookie': endedSessionCookie(isOverTls(arrival)) } }),
    }),
  ];
}

function described({ account, accessKeyId, session }: SignedIn, keys: AccountKeys): object {
  return { account, accessKeyId, viewOnly: keys.isViewOnly(accessKeyId), expiresAt: expiryOf(session) };
}

function expiryOf(session: Session | undefined): string | undefined {
  return session && new Date(session.expiresAtMs).toISOString();
}

/** As the browser says it of its page: the API itself speaks plain HTTP, behind a proxy too. */
function isOverTls({ headers: { origin = '' } }: RestRequest): boolean {
  return origin.startsWith('https:');
}
