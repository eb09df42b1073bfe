import type { IncomingHttpHeaders } from 'node:http';
import { DroverError } from '../../contracts/failures';
import type { AccountKeys } from './accounts';
import { hostName, isLoopbackHost } from './loopback';

export interface RestRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The account that a REST request acts as.
 *
 * With credentials (HTTP Basic `accessKeyId:secret`, or `Bearer secret`) these are checked. Without, the request is let in
 * only where a login would protect nothing: the API is bound to loopback, the request names a loopback host (a web page
 * that rebinds its own name to 127.0.0.1 does not), and no other site's page sent it. It then acts as the first account.
 * Throws AccessDenied, InvalidAccessKeyId or BadRequestException.
 */
export function authenticateRest(request: RestRequest, keys: AccountKeys, boundToLoopback: boolean): string {
  refuseForeignPages(request);
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return accountOfCredentials(authorization, keys);
  const host = hostName(request.headers.host);
  const account = keys.first();
  if (boundToLoopback && host !== undefined && isLoopbackHost(host) && account !== undefined) return account;
  throw new DroverError(
    'AccessDenied',
    'Credentials are needed: HTTP Basic with the access key and its secret, or a bearer secret',
  );
}

/**
 * Cross-site request forgery: browsers attach remembered Basic credentials to other pages' requests too, so this does not
 * depend on them. A body that is not JSON is what a plain HTML form can send without the browser asking first.
 */
function refuseForeignPages({ method, headers }: RestRequest): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new DroverError('AccessDenied', 'Requests of other sites are refused');
  }
  const { origin } = headers;
  if (origin !== undefined && !sameOrigin(origin, headers.host)) {
    throw new DroverError('AccessDenied', `Requests of other origins are refused: ${origin}`);
  }
  if (method === 'GET' || method === 'HEAD') return;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw new DroverError('BadRequestException', 'The body must be sent with Content-Type: application/json');
  }
}

function sameOrigin(origin: string, host: string | undefined): boolean {
  try {
    return host !== undefined && new URL(origin).host === new URL(`http://${host}`).host;
  } catch {
    return false;
  }
}

function accountOfCredentials(authorization: string, keys: AccountKeys): string {
  const [, scheme, value] = /^(Basic|Bearer) +(\S+)\s*$/i.exec(authorization) ?? [];
  if (scheme === undefined || value === undefined) {
    throw new DroverError('AccessDenied', 'The Authorization header must be Basic or Bearer');
  }
  if (scheme.toLowerCase() === 'bearer') return keys.accountOfSecret(value);
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) throw new DroverError('AccessDenied', 'Basic credentials must be accessKeyId:secret');
  return keys.accountOfPair(pair.slice(0, colon), pair.slice(colon + 1));
}
