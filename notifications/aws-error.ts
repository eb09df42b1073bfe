import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { DeliveryError } from './notifier';

type SdkError = Parameters<typeof isTransientError>[0];

/** Temporary credentials that were replaced too late: the next attempt has new ones. */
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const REASON_CHARS_MAX = 200;

/**
 * The rule of EventBridge's own deliveries (user guide, "How EventBridge retries delivering events"): what is down, too busy or
 * out of reach is tried again; what says no is not.
 */
export function awsDeliveryError(name: string, error: unknown): DeliveryError {
  const known = (error instanceof Error ? error : new Error(String(error))) as SdkError;
  const status = known.$metadata?.httpStatusCode;
  // Without an answer: the network, or credentials that can't be had now.
  const passes =
    status === undefined ||
    isServerError(known) ||
    isTransientError(known) ||
    isThrottlingError(known) ||
    EXPIRED.has(known.name);
  const code = passes ? 'NotificationFailed' : 'NotificationRefused';
  return new DeliveryError(code, `${name}: ${reason(known, status)}`);
}

/** The first line: further ones of a refused signature repeat the request's headers, the session token among them. */
function reason({ name, message }: SdkError, status: number | undefined): string {
  const [first = ''] = message.split('\n');
  const answer = status === undefined ? 'no answer' : `answered ${status}`;
  return `${answer} (${name}: ${first})`.slice(0, REASON_CHARS_MAX);
}
