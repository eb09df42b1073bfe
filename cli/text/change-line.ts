import type { JobChange } from '../api-client';
import { printable } from '../output';

/** One line about a changed job. */
export function changeLine({ jobId, status, statusUpdateReason }: JobChange): string {
  return printable(`${jobId} ${status}${statusUpdateReason === undefined ? '' : ` (${statusUpdateReason})`}`);
}
