/** What a worker has read and reads no more, by name. The name that came first goes first. */
export class Remembered<Value> {
  private readonly values = new Map<string, Promise<Value>>();

  constructor(private readonly namesMax: number) {}

  /** Those who ask at the same time share one reading. A failed one is not remembered. */
  get(name: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.values.get(name);
    if (known) return known;
    const reading = read();
    const [oldest] = this.values.keys();
    if (this.values.size >= this.namesMax && oldest !== undefined) this.values.delete(oldest);
    this.values.set(name, reading);
    reading.catch(() => this.values.delete(name));
    return reading;
  }
}
