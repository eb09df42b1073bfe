import { StoreError } from '../store-error';
import { AnswerTooLarge } from './exchange';
import type { NetworkFault } from './network-fault';

interface Unanswered {
  /** The call and its place, for the message. */
  readonly what: string;
  /** What to do about a certificate that is not trusted. */
  readonly authorityAdvice: string;
  /** False for a request that only reads: nothing is lost with its answer. */
  readonly changesSomething: boolean;
}

/** What remains of a fault after the retries. */
export function unanswered(fault: NetworkFault, { what, authorityAdvice, changesSomething }: Unanswered): StoreError {
  if (fault instanceof AnswerTooLarge) {
    return new StoreError(fault.code, fault.httpStatus, `${what}: ${fault.message}`, { cause: fault });
  }
  const advice = fault.code === 'CertificateNotTrusted' ? `; ${authorityAdvice}` : '';
  return new StoreError(fault.code, 0, `${what}: ${fault.message}${advice}`, {
    answerLost: fault.sent && changesSomething,
    cause: fault,
  });
}
