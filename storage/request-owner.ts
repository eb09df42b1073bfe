/** For whom requests are sent. */
export interface RequestOwner {
  /** Where requests wait for each other, owners are served by turns. */
  readonly id: string;
  /** Throws once nothing may be sent for it any more; asked before every request, repeats included. */
  check(): void;
}
