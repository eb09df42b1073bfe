/**
 * Keeps the tags of a job that has ended, and whose own memo can't change any more: they are this workflow's memo, its latest
 * run is the one that counts. There is nothing to do.
 */
export async function jobTagsWorkflow(): Promise<void> {
  await Promise.resolve();
}
