/** What a batch has come to know, by name. It is asked for with the batch's context, which is one per batch, and goes with it. */
export function perBatch<Known>(): (context: object) => Map<string, Known> {
  const batches = new WeakMap<object, Map<string, Known>>();
  return (context) => {
    const known = batches.get(context) ?? new Map<string, Known>();
    batches.set(context, known);
    return known;
  };
}
