import { randomBytes, randomUUID } from 'node:crypto';
import type { Response } from 'express';

/** Gives an answer the ids that S3 clients show in their errors; the log has the cause of an internal error under the first. */
export function setRequestIds(response: Response): string {
  const requestId = newRequestId();
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('x-amz-id-2', newHostId());
  return requestId;
}

export function newRequestId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase();
}

export function newHostId(): string {
  return randomBytes(24).toString('base64');
}

export function requestIdOf(response: Response): string {
  return String(response.getHeader('x-amz-request-id') ?? '');
}
