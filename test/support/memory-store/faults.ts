/**
 * Faults for the in-memory store and function invoker: what goes wrong, at which call, how often. Rules are looked at in
 * the order they were given; each is used up after `times` calls that it matches.
 */
import { StoreError } from '../../../storage/store-error';

export interface RecordedCall {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** The method's own first argument. */
  readonly input: unknown;
}

export interface FaultTarget {
  /** Any method when left out. */
  readonly method?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Calls it strikes: 1 unless told, Infinity for always. */
  readonly times?: number;
}

/** A call that has arrived and waits to be let go. */
export interface Gate {
  /** Resolves when a call stands at the gate. */
  readonly reached: Promise<void>;
  release(): void;
}

type Effect =
  | { readonly kind: 'error'; readonly error: () => Error }
  | { readonly kind: 'lost' }
  | { readonly kind: 'wait'; readonly wait: (signal: AbortSignal | undefined) => Promise<void> };

interface Rule {
  readonly target: FaultTarget;
  readonly effect: Effect;
  left: number;
}

export class Faults {
  readonly calls: RecordedCall[] = [];
  private readonly rules: Rule[] = [];

  /** The call fails before it has any effect. */
  fail(error: Error | (() => Error), target: FaultTarget = {}): void {
    this.add(target, { kind: 'error', error: typeof error === 'function' ? error : () => error });
  }

  slowDown(target: FaultTarget = {}): void {
    this.fail(
      () => new StoreError('SlowDown', 503, 'Please reduce your request rate.', { requestId: 'memory' }),
      target,
    );
  }

  /** Nobody listens: no effect, no answer, and the connection was never made. */
  down(target: FaultTarget = {}): void {
    this.fail(() => new StoreError('ECONNREFUSED', 0, 'connect ECONNREFUSED 127.0.0.1:1'), {
      times: Infinity,
      ...target,
    });
  }

  /** The effect takes place; the answer does not arrive. */
  loseAnswer(target: FaultTarget = {}): void {
    this.add(target, { kind: 'lost' });
  }

  delay(ms: number, target: FaultTarget = {}): void {
    this.add(target, { kind: 'wait', wait: (signal) => orAborted(new Promise((go) => setTimeout(go, ms)), signal) });
  }

  /** Holds the call, before its effect, until it is released or aborted. */
  hold(target: FaultTarget = {}): Gate {
    const [reached, arrive] = settable();
    const [released, release] = settable();
    const wait = (signal: AbortSignal | undefined): Promise<void> => {
      arrive();
      return orAborted(released, signal);
    };
    this.add(target, { kind: 'wait', wait });
    return { reached, release };
  }

  /** Forgets all rules; the record of calls stays. */
  clear(): void {
    this.rules.length = 0;
  }

  /** Records the call, lets the faults strike, and does `effect` in between. */
  async run<T>(call: RecordedCall, signal: AbortSignal | undefined, effect: () => T | Promise<T>): Promise<T> {
    this.calls.push(call);
    signal?.throwIfAborted();
    let lost = false;
    for (const rule of this.rules) {
      if (rule.left <= 0 || !matches(rule.target, call)) continue;
      rule.left -= 1;
      if (rule.effect.kind === 'error') throw rule.effect.error();
      if (rule.effect.kind === 'lost') lost = true;
      else await rule.effect.wait(signal);
    }
    // A real request is never answered in the same turn: callers that rely on it would pass here and fail there.
    await new Promise((go) => setImmediate(go));
    signal?.throwIfAborted();
    if (!lost) return effect();
    // A refusal is lost like any other answer.
    await Promise.resolve()
      .then(effect)
      .catch(() => undefined);
    throw new StoreError('RequestTimeout', 0, 'no answer within 60000 ms', { answerLost: true });
  }

  private add(target: FaultTarget, effect: Effect): void {
    this.rules.push({ target, effect, left: target.times ?? 1 });
  }
}

function matches(target: FaultTarget, call: RecordedCall): boolean {
  return (
    (target.method === undefined || target.method === call.method) &&
    (target.bucket === undefined || target.bucket === call.bucket) &&
    (target.key === undefined || target.key === call.key)
  );
}

function settable(): [Promise<void>, () => void] {
  let settle: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (settle = resolve));
  return [promise, settle];
}

async function orAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  let giveUp: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => (giveUp = () => reject(signal.reason)));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
