import { createHash } from 'node:crypto';
import { DroverError } from '../../contracts/engine/failures';
import { filterText, type JobFilter } from './job-filter';

/**
 * A token continues one listing only: with other filters it would silently skip jobs. The digest covers the server's part
 * too, for a damaged one makes the server's visibility store fail as if it were down.
 */
function tokenDigest(pageToken: Uint8Array, filter: JobFilter): string {
  return createHash('sha256')
    .update(`${filterText(filter)}\n`)
    .update(pageToken)
    .digest('hex')
    .slice(0, 16);
}

export function writeToken(pageToken: Uint8Array, filters: JobFilter): string {
  return `${tokenDigest(pageToken, filters)}${Buffer.from(pageToken).toString('base64url')}`;
}

/** The server's part. Throws InvalidNextTokenException. */
export function readToken(token: string, filters: JobFilter): Uint8Array {
  const [, digest, rest = ''] = /^([0-9a-f]{16})([A-Za-z0-9_-]+)$/.exec(token) ?? [];
  const pageToken = Buffer.from(rest, 'base64url');
  if (digest === tokenDigest(pageToken, filters)) return pageToken;
  throw new DroverError('InvalidNextTokenException', 'nextToken does not belong to this listing or its filters');
}
