import { isDocumentedSecret } from '../../config/access/exposure';
import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';
import type { AccountKeys } from './accounts';
import { type Session, sessionOf } from './session';
import { type Arrival, strangeness } from './this-machine';

export interface RestRequest extends Arrival {
  readonly method: string;
}

export interface SignedIn {
  readonly account: string;
  /** Absent: the request had no credentials, and needed none. */
  readonly accessKeyId?: string;
  /** The login of the browser that sent it. */
  readonly session?: Session;
}

/**
 * The account that a REST request acts as, and the key that has shown it.
 *
 * With credentials (HTTP Basic `accessKeyId:secret`, or `Bearer secret`) these are checked, else the session cookie. Without
 * either, the request is let in only where a login would protect nothing: the only key is the documented one. As everybody knows that key, requests without
 * credentials and those with it must come from this machine itself; the API does not start with it where others reach it.
 * `contentType` is that of bodies. `onClaim` is told which configured key the request names, before anything is proven. Throws CredentialsNeeded, InvalidCredentials, OriginNotAllowed or BadRequestException.
 */
export function authenticateRest(
  request: RestRequest,
  keys: AccountKeys,
  contentType = 'application/json',
  onClaim: (accessKeyId: string) => void = () => undefined,
  nowMs = Date.now(),
): SignedIn {
  const { authorization } = request.headers;
  const claimed = claimedKey(authorization);
  if (claimed !== undefined && keys.secretOf(claimed) !== undefined) onClaim(claimed);
  refuseForeignPages(request, contentType);
  const proven = authorization === undefined ? fromSession(request, keys, nowMs) : signedIn(authorization, keys);
  const { account, documented } = proven ?? { account: keys.open, documented: true };
  const strange = documented && account !== undefined ? strangeness(request) : undefined;
  if (account !== undefined && strange === undefined) {
    return { account, ...defined({ accessKeyId: proven?.accessKeyId, session: proven?.session }) };
  }
  throw new DroverError(
    'CredentialsNeeded',
    strange === undefined
      ? 'The request has no credentials'
      : `Without a configured key, the API accepts only requests from this machine: ${strange}`,
  );
}

/** A login by the pair of a key. Throws as `authenticateRest` does. */
export function logIn(request: RestRequest, keys: AccountKeys, accessKeyId: string, secret: string): SignedIn {
  const authorization = `Basic ${Buffer.from(`${accessKeyId}:${secret}`).toString('base64')}`;
  const { method, httpVersion, headers } = request;
  return authenticateRest({ method, httpVersion, headers: { ...headers, authorization } }, keys);
}

/** Undefined without a session. Throws OriginNotAllowed for a change that does not show that it comes from a page of ours. */
function fromSession({ method, headers }: RestRequest, keys: AccountKeys, nowMs: number): Proven | undefined {
  const session = sessionOf(headers.cookie, (id) => keys.secretOf(id), nowMs);
  const account = session && keys.accountOf(session.accessKeyId);
  if (session === undefined || account === undefined) return undefined;
  // Browsers send the cookie by themselves, and the Origin with every change. Foreign ones are refused before.
  const isShown = headers.origin !== undefined || headers['sec-fetch-site'] === 'same-origin';
  if (method !== 'GET' && method !== 'HEAD' && !isShown) {
    throw new DroverError('OriginNotAllowed', 'A change by session cookie needs the header Origin of the page');
  }
  const { accessKeyId } = session;
  return { account, accessKeyId, session, documented: keys.isDocumented(accessKeyId) };
}

/**
 * Cross-site request forgery: browsers attach remembered Basic credentials to other pages' requests too, so this does not
 * depend on them. A plain HTML form can send bodies of three types without the browser asking first, and neither JSON nor CSV
 * is among them.
 */
export function refuseForeignPages({ method, headers }: RestRequest, contentType = 'application/json'): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new DroverError('OriginNotAllowed', `A page of another site sent the request (Sec-Fetch-Site: ${site})`);
  }
  const { origin } = headers;
  if (origin !== undefined && !sameOrigin(origin, headers.host)) {
    throw new DroverError('OriginNotAllowed', `A page of another origin sent the request (Origin: ${origin})`);
  }
  if (method === 'GET' || method === 'HEAD') return;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const given = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (hasBody && given !== contentType) {
    throw new DroverError('BadRequestException', `The body must be sent with Content-Type: ${contentType}`);
  }
}

function sameOrigin(origin: string, host: string | undefined): boolean {
  try {
    return host !== undefined && new URL(origin).host === new URL(`http://${host}`).host;
  } catch {
    return false;
  }
}

interface Proven extends SignedIn {
  readonly accessKeyId: string;
  readonly documented: boolean;
}

function schemeAndValue(authorization: string): readonly [scheme: string | undefined, value: string | undefined] {
  const [, scheme, value] = /^(Basic|Bearer) +(\S+) *$/i.exec(authorization) ?? [];
  return [scheme?.toLowerCase(), value];
}

function claimedKey(authorization = ''): string | undefined {
  const [scheme, value] = schemeAndValue(authorization);
  return scheme === 'basic'
    ? Buffer.from(value ?? '', 'base64')
        .toString('utf8')
        .split(':', 1)[0]
    : undefined;
}

function signedIn(authorization: string, keys: AccountKeys): Proven {
  const [scheme, value] = schemeAndValue(authorization);
  if (scheme === undefined || value === undefined) {
    throw new DroverError('InvalidCredentials', 'The Authorization header must be Basic or Bearer with one value');
  }
  if (scheme === 'bearer') {
    const key = keys.ofSecret(value);
    if (key !== undefined) return { ...key, documented: isDocumentedSecret(value) };
    throw new DroverError('InvalidCredentials', 'The bearer token is not the secret of any access key');
  }
  const [accessKeyId, secret] = splitPair(Buffer.from(value, 'base64').toString('utf8'));
  const account = keys.accountOfPair(accessKeyId, secret);
  if (account !== undefined) return { account, accessKeyId, documented: isDocumentedSecret(secret) };
  // Which of the two is wrong is told to nobody who does not know them.
  throw new DroverError('InvalidCredentials', 'Unknown access key id, or wrong secret');
}

function splitPair(pair: string): [accessKeyId: string, secret: string] {
  const colon = pair.indexOf(':');
  if (colon < 0) throw new DroverError('InvalidCredentials', 'Basic credentials must be accessKeyId:secret');
  return [pair.slice(0, colon), pair.slice(colon + 1)];
}
