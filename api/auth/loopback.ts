import { isIP } from 'node:net';
import type { Config } from '../../config/config';
import { DEV_ACCESS_KEY, DEV_SECRET_KEY } from '../../config/load';
import { DroverError } from '../../contracts/failures';
import type { AccountKeys } from './accounts';

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

/** Throws InvalidConfiguration for an API that others could reach without a secret. */
export function refuseOpenDoor(config: Config, keys: AccountKeys): void {
  if (isLoopbackHost(config.api.host)) return;
  if (keys.size === 0) {
    throw new DroverError(
      'InvalidConfiguration',
      `DROVER_API_HOST is ${config.api.host}, which others can reach, and no access key is configured: set DROVER_ACCESS_KEY and DROVER_SECRET_KEY`,
    );
  }
  if (keys.isOnly(DEV_ACCESS_KEY, DEV_SECRET_KEY)) {
    throw new DroverError(
      'InvalidConfiguration',
      `DROVER_API_HOST is ${config.api.host}, which others can reach, and the only key is the one in the documentation: set DROVER_ACCESS_KEY and DROVER_SECRET_KEY`,
    );
  }
}
