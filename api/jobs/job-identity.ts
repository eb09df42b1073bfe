import { createHash } from 'node:crypto';
import { v5 as uuidV5 } from 'uuid';
import type { JobRequest, Json } from '../../contracts/job';

/** Namespace of job ids (RFC 9562, version 5). Never change it: it is what makes a repeated CreateJob find its job. */
const JOB_ID_NAMESPACE = '6f1d1b0e-3c0e-4c57-9a5e-0f3f2b7f4a61';

/** The same account and token always give the same id, so that an idempotent create needs no table. */
export function jobIdFor(account: string, clientRequestToken: string): string {
  return uuidV5(`${account}/${clientRequestToken}`, JOB_ID_NAMESPACE);
}

/** SHA-256 (hex) of a checked request, whatever the order of its members: it distinguishes a repeated request from a reused token. */
export function requestDigest(request: JobRequest): string {
  return createHash('sha256')
    .update(canonicalJson(request as unknown as Json))
    .digest('hex');
}

function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
