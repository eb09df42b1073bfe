/** A mistake in the command line: said in one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
