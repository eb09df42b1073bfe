/** For whom requests are sent. */
export interface RequestOwner {
  /** Where requests wait for each other, owners are served by turns. */
  readonly id: string;
  /** Throws once nothing may be sent for it any more; asked before every request, repeats included. */
  check(): void;
  /** Present: a limit of the bytes of objects that stores read and copy for it. */
  readonly bytes?: BytePace | undefined;
}

export interface BytePace {
  /** Resolves when so many more bytes may be moved, in turn. Rejects with the signal's reason. */
  pass(signal: AbortSignal | undefined, bytes: number): Promise<void>;
}
