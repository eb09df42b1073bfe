/** The requests of people that are in force: signals write them (`receiveSignals`), the gate reads them. */
export class JobIntents {
  confirmed = false;
  paused = false;
  /** All jobs of the account are paused. */
  pausedWithAll = false;
  cancelled = false;
  /** The cancel came from Temporal, so the workflow ends as cancelled. */
  cancelledByTemporal = false;

  /** Somebody wants nothing of it to run for now. */
  get halted(): boolean {
    return this.paused || this.pausedWithAll;
  }
}
