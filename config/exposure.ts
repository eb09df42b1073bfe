import { isIP } from 'node:net';
import { DEV_ACCESS_KEY, DEV_SECRET_KEY } from './defaults';

/** True for names and addresses that only this machine reaches. `*.localhost` is reserved for that (RFC 6761). */
export function isLoopbackHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** The keys of all accounts together. */
export interface KeyCount {
  readonly size: number;
  /** True when there is no other one. */
  isOnly(accessKeyId: string, secret: string): boolean;
}

/** Why an API must not listen at this address: others could reach it without a secret. */
export function exposureProblem(host: string, keys: KeyCount): string | undefined {
  if (isLoopbackHost(host)) return undefined;
  const reach = `The API's host is ${host} (api.host, DROVER_API_HOST), which others can reach, and`;
  const remedy = 'set accounts in the configuration, or DROVER_ACCESS_KEY and DROVER_SECRET_KEY';
  if (keys.size === 0) return `${reach} no access key is configured: ${remedy}`;
  if (keys.isOnly(DEV_ACCESS_KEY, DEV_SECRET_KEY)) {
    return `${reach} the only key is the one in the documentation: ${remedy}`;
  }
  return undefined;
}
