/** The requests of people that are in force: signals write them (`receiveSignals`), the gate reads them. */
export class JobIntents {
  confirmed = false;
  paused = false;
  cancelled = false;
  /** The cancel came from Temporal, so the workflow ends as cancelled. */
  cancelledByTemporal = false;
}
