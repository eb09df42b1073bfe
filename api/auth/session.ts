import { createHmac, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '../../contracts/limits';

/**
 * A login of a browser: a cookie that says which key has signed in and until when, signed with a key that is made of that key's
 * secret. So nothing has to be kept, every API process knows the sessions of the others, and a key that is removed or gets
 * another secret takes its sessions with it.
 */
const COOKIE = 'drover-session';

export interface Session {
  readonly accessKeyId: string;
  readonly expiresAtMs: number;
}

export function newSession(accessKeyId: string, nowMs: number): Session {
  return { accessKeyId, expiresAtMs: nowMs + LIMITS.api.sessionMs };
}

/** The value of `Set-Cookie`. `isSecure`: the page came over TLS, and the cookie goes over nothing else. */
export function sessionCookie({ accessKeyId, expiresAtMs }: Session, secret: string, isSecure: boolean): string {
  const name = Buffer.from(accessKeyId).toString('base64url');
  const value = `${name}.${expiresAtMs}.${signatureOf(accessKeyId, expiresAtMs, secret)}`;
  return cookie(value, Math.floor(LIMITS.api.sessionMs / 1_000), isSecure);
}

/** The value of `Set-Cookie` that ends the session in this browser. */
export function endedSessionCookie(isSecure: boolean): string {
  return cookie('', 0, isSecure);
}

/** The session of a `Cookie` header; undefined for one that is not signed by a key of ours, or has expired. */
export function sessionOf(
  cookies: string | undefined,
  secretOf: (accessKeyId: string) => string | undefined,
  nowMs: number,
): Session | undefined {
  const [name = '', expires = '', signature = ''] = (valueIn(cookies) ?? '').split('.');
  if (!/^\d{13,16}$/.test(expires)) return undefined;
  const session = { accessKeyId: Buffer.from(name, 'base64url').toString('utf8'), expiresAtMs: Number(expires) };
  const secret = secretOf(session.accessKeyId);
  if (secret === undefined || session.expiresAtMs <= nowMs) return undefined;
  const expected = Buffer.from(signatureOf(session.accessKeyId, session.expiresAtMs, secret));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? session : undefined;
}

function signatureOf(accessKeyId: string, expiresAtMs: number, secret: string): string {
  // A key of its own: what the secret signs elsewhere must not pass for a session.
  const key = createHmac('sha256', secret).update('drover session').digest();
  return createHmac('sha256', key).update(`${accessKeyId}\n${expiresAtMs}`).digest('base64url');
}

function cookie(value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : '';
  return `${COOKIE}=${value}; Path=/api; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

function valueIn(cookies = ''): string | undefined {
  const pair = cookies.split(';').find((each) => each.trim().startsWith(`${COOKIE}=`));
  return pair?.trim().slice(COOKIE.length + 1);
}
