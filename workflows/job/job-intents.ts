/** What people have asked of the job so far: signals write it (`receiveSignals`), the gate reads it. */
export class JobIntents {
  confirmed = false;
  paused = false;
  cancelled = false;
  /** The cancel came from Temporal, so the workflow ends as cancelled. */
  cancelledByTemporal = false;
}
