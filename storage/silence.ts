/**
 * How long nothing has been heard, by two clocks: the steady one stands still while the machine sleeps, the other may be set
 * by hand. The longer of the two counts.
 */
export class Silence {
  private steadyMs = performance.now();
  private wallMs = Date.now();

  get ms(): number {
    return Math.max(performance.now() - this.steadyMs, Date.now() - this.wallMs);
  }

  broken(heardAgoMs = 0): void {
    this.steadyMs = performance.now() - heardAgoMs;
    this.wallMs = Date.now() - heardAgoMs;
  }
}
