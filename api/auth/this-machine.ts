import type { IncomingHttpHeaders } from 'node:http';
import { hostName, isLoopbackHost } from './loopback';

/** A request as far as it tells where it comes from. */
export interface Arrival {
  readonly headers: IncomingHttpHeaders;
  /** `1.1` */
  readonly httpVersion: string;
}

/** What reverse proxies, balancers and content networks leave in a request, standard (RFC 7239, RFC 9110 7.6.3) or not. */
const LEFT_BY_PROXIES =
  /^(?:forwarded|via|x-forwarded(?:-.+)?|x-original-(?:for|host|forwarded-for|proto|url)|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|client-ip|cdn-loop|(?:cf|fastly|fly|x-envoy|x-azure|x-appengine|x-arr|x-proxyuser)-.+)$/;

/**
 * What shows that a request to a loopback address was passed on by a proxy; undefined when nothing does. nginx leaves no header
 * unless it is told to, and speaks HTTP/1.0, which no present client does. A proxy that wants to stay unseen is not seen.
 */
export function proxyMark({ headers, httpVersion }: Arrival): string | undefined {
  const header = Object.keys(headers).find((name) => LEFT_BY_PROXIES.test(name));
  if (header !== undefined) return `the header ${header}`;
  return httpVersion === '1.0' ? 'HTTP/1.0' : undefined;
}

/** What browsers add to the requests of web pages, and programs of this machine do not; undefined when nothing is there. */
export function pageMark({ headers }: Arrival): string | undefined {
  return ['origin', 'sec-fetch-site'].find((name) => headers[name] !== undefined);
}

/**
 * Why a request to a loopback address is not taken for one of this machine's own; undefined when it is. A web page that
 * rebinds its name to 127.0.0.1 shows it in the Host header.
 */
export function strangeness(request: Arrival): string | undefined {
  const host = hostName(request.headers.host);
  if (host === undefined || !isLoopbackHost(host)) return 'the Host of this one is no name of it';
  const mark = proxyMark(request);
  return mark === undefined ? undefined : `this one came through a proxy, as ${mark} shows`;
}
