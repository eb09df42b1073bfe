import type { Delivery, JobEvent } from '../contracts/engine/events';
import { DroverError } from '../contracts/engine/failures';

export interface Delivering {
  /** Name of a configured target, or absent: the job's own webhook at `url`. */
  readonly target?: string;
  readonly url?: string;
  readonly event: JobEvent;
}

/** Brings events to where they are wanted. Nothing is retried here. */
export interface Notifier {
  /**
   * One attempt. Rejects with a DeliveryError: `NotificationFailed` may pass, `NotificationRefused` is about this event,
   * `NotificationTargetGone` about the target. Or with the signal's reason.
   */
  deliver(delivering: Delivering, signal?: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}

/** One way to deliver. */
export interface Target {
  deliver(event: JobEvent, signal?: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}

/** Messages name targets by their configured name: a URL may hold a secret. */
export class DeliveryError extends DroverError {
  /** What the target asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: 'NotificationFailed' | 'NotificationRefused' | 'NotificationTargetGone',
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(code, message, options);
    this.name = 'DeliveryError';
    this.retryAfterMs = options.retryAfterMs;
  }
}
