import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type Abortable, unwatchAbort, watchAbort } from './abort';
import type { AnswerHeaders } from './answer-headers';
import { NetworkFault, networkFault } from './network-fault';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
}

export interface HttpStreamAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Readable;
}

/** Limits of answers that others than a store give. */
export interface AnswerLimits {
  /** A longer body is given up with `AnswerTooLarge`. */
  readonly bodyBytesMax?: number;
  /** The time limit is for all of the answer, not for each piece of it. */
  readonly timeoutForWhole?: boolean;
}

export class AnswerTooLarge extends NetworkFault {
  constructor(
    readonly httpStatus: number,
    bodyBytesMax: number,
  ) {
    super('AnswerTooLarge', `the answer is longer than ${bodyBytesMax} bytes`, true);
  }
}

/** How much of a body is kept for a slow reader before the socket is paused. */
const READ_AHEAD_BYTES = 256 * 1024;
const NO_BYTES = Buffer.alloc(0);

/** One request on its way: settles once, with an answer, a NetworkFault or the signal's reason. */
abstract class Exchange<Answer> implements Dispatcher.DispatchHandler, Abortable {
  protected controller: Dispatcher.DispatchController | undefined;
  protected status = 0;
  protected headers: AnswerHeaders = {};
  private readonly timer: NodeJS.Timeout;
  private ended = false;

  constructor(
    protected readonly resolve: (answer: Answer) => void,
    protected readonly reject: (reason: unknown) => void,
    timeoutMs: number,
    private readonly signal: AbortSignal | undefined,
    private readonly timeoutForWhole = false,
  ) {
    this.timer = setTimeout(() => {
      if (this.controller?.paused) return;
      const begun = timeoutForWhole
        ? `no whole answer within ${timeoutMs} ms`
        : `the answer stopped for ${timeoutMs} ms`;
      const text = this.status === 0 ? `no answer within ${timeoutMs} ms` : begun;
      this.fail(new NetworkFault('RequestTimeout', text, this.controller !== undefined));
    }, timeoutMs);
    if (signal) watchAbort(signal, this);
  }

  /** Called when a connection is ready and the request is about to be written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.ended) controller.abort(new Error('given up before it was sent'));
    else this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return;
    this.touch();
    this.status = status;
    this.headers = headers;
    this.started();
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.touch();
    this.received(piece);
  }

  onResponseEnd(): void {
    if (this.end()) this.complete();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.fail(networkFault(error, this.controller !== undefined));
  }

  onAbort(reason: unknown): void {
    this.fail(reason);
  }

  fail(reason: unknown): void {
    if (!this.end()) return;
    this.failed(reason);
    if (this.controller && !this.controller.aborted) {
      this.controller.abort(reason instanceof Error ? reason : new Error('aborted'));
    }
  }

  protected abstract started(): void;
  protected abstract received(piece: Buffer): void;
  protected abstract complete(): void;
  protected abstract failed(reason: unknown): void;

  /** Starts the time limit anew; also when it ran out while the body was paused. */
  protected touch(): void {
    // Refreshing a cleared timer would set it again.
    if (!this.ended && !this.timeoutForWhole) this.timer.refresh();
  }

  /** False when it had ended before. */
  private end(): boolean {
    if (this.ended) return false;
    this.ended = true;
    clearTimeout(this.timer);
    if (this.signal) unwatchAbort(this.signal, this);
    return true;
  }
}

/** Keeps the body in memory. */
export class WholeExchange extends Exchange<HttpAnswer> {
  private first: Buffer | undefined;
  private rest: Buffer[] | undefined;
  private bytes = 0;
  private readonly bytesMax: number;

  constructor(
    resolve: (answer: HttpAnswer) => void,
    reject: (reason: unknown) => void,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    { bodyBytesMax = Infinity, timeoutForWhole = false }: AnswerLimits = {},
  ) {
    super(resolve, reject, timeoutMs, signal, timeoutForWhole);
    this.bytesMax = bodyBytesMax;
  }

  protected started(): void {}

  protected received(piece: Buffer): void {
    this.bytes += piece.length;
    if (this.bytes > this.bytesMax) {
      this.fail(new AnswerTooLarge(this.status, this.bytesMax));
      return;
    }
    // Nearly every answer arrives in one piece.
    if (!this.first) this.first = piece;
    else (this.rest ??= []).push(piece);
  }

  protected complete(): void {
    const body = this.rest ? Buffer.concat([this.first ?? NO_BYTES, ...this.rest]) : (this.first ?? NO_BYTES);
    this.resolve({ status: this.status, headers: this.headers, body });
  }

  protected failed(reason: unknown): void {
    this.reject(reason);
  }
}

/** Hands the body on as it arrives, no faster than it is read; the time limit stands still while nobody reads. */
export class StreamExchange extends Exchange<HttpStreamAnswer> {
  private body: Readable | undefined;

  protected started(): void {
    this.body = new Readable({
      highWaterMark: READ_AHEAD_BYTES,
      read: () => {
        this.touch();
        this.controller?.resume();
      },
      destroy: (error, callback) => {
        this.fail(error ?? new Error('the reader stopped'));
        callback(error);
      },
    });
    // A reader gets the error; while there is none, it must not end the process.
    this.body.on('error', () => undefined);
    this.resolve({ status: this.status, headers: this.headers, body: this.body });
  }

  protected received(piece: Buffer): void {
    if (this.body?.push(piece)) return;
    this.controller?.pause();
  }

  protected complete(): void {
    this.body?.push(null);
  }

  protected failed(reason: unknown): void {
    if (this.body) this.body.destroy(reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
    else this.reject(reason);
  }
}
