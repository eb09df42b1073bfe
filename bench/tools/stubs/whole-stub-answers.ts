export const LARGE_OBJECT_BYTES = 20 * 1024 ** 3;
/** What a store needs for a part of some 200 MiB, at 400 MiB/s. */
export const PART_COPY_MS = 500;

/** What the stub at `/stub-counts` has counted since it began. */
export interface StubCounts {
  readonly partsCopied: number;
  readonly partsInFlightMax: number;
  readonly completed: number;
  readonly invocations: number;
  readonly tasksInvoked: number;
}
