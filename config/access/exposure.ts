import { isIP } from 'node:net';
import { DEV_SECRET_KEY } from '../defaults';

/** True for names and addresses that only this machine reaches. `*.localhost` is reserved for that (RFC 6761). */
export function isLoopbackHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** The name in a Host header, without its port; undefined when it is not a well-formed one. */
export function hostName(hostHeader: string | undefined): string | undefined {
  return /^(\[[0-9a-fA-F:.]+\]|[^:[\]/@\s]+)(?::\d{1,5})?$/.exec(hostHeader ?? '')?.[1];
}

/** A secret that the documentation has is none, whatever key it belongs to: as a bearer token it goes without the key's name. */
export function isDocumentedSecret(secret: string): boolean {
  return secret === DEV_SECRET_KEY;
}

/** Why an API with these keys must not listen at this address: others could get in without a secret. */
export function exposureProblem(
  host: string,
  keys: readonly { readonly secretAccessKey: string }[],
): string | undefined {
  if (isLoopbackHost(host)) return undefined;
  const reach = `The API's host is ${host} (api.host, DROVER_API_HOST), which other machines can reach, and`;
  const remedy = 'set accounts in the configuration, or DROVER_ACCESS_KEY and DROVER_SECRET_KEY';
  if (keys.length === 0) return `${reach} no access key is configured: ${remedy}`;
  if (keys.every(({ secretAccessKey }) => isDocumentedSecret(secretAccessKey))) {
    return `${reach} the only key is the one in the documentation: ${remedy}`;
  }
  if (keys.some(({ secretAccessKey }) => isDocumentedSecret(secretAccessKey))) {
    return `${reach} one of its keys is the one in the documentation: give that key another secret, or remove it`;
  }
  return undefined;
}
