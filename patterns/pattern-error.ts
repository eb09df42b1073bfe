/** A pattern that can't be used. The message says why, without the pattern: the caller knows which member has it. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
