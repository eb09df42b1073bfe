import { finished } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { LIMITS } from '../contracts/limits';

/**
 * To be called before a refusal is sent while the request's body may still be on its way. Bytes that have arrived unread when a
 * connection closes reset it, and the client would not see why it was refused: so they are read and forgotten, for a while.
 * What comes later than that must not be taken for the next request.
 */
export async function discardBody(request: Request, response: Response): Promise<void> {
  const isWhole = (): boolean => request.complete;
  if (isWhole()) return;
  request.resume();
  const signal = AbortSignal.timeout(LIMITS.api.discardTimeoutMs);
  await finished(request, { signal, writable: false }).catch(() => undefined);
  if (!isWhole()) response.setHeader('Connection', 'close');
}
