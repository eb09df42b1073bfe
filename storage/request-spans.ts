/** Where a sample of requests is told, for those who trace jobs. */
export interface RequestSpans {
  /** Undefined: the request is not in the sample. To be called where its task asks for it. */
  begin(operation: string, resource: string): RequestSpan | undefined;
}

/** A request with all its attempts and waits. */
export interface RequestSpan {
  /** It has got its turn, and goes out. */
  sent(): void;
  /** Ends with `answer`, and settles as that does. */
  over<Answer extends { readonly status: number }>(answer: Promise<Answer>): Promise<Answer>;
}
