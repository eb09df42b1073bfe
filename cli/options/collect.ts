/** The parser of an option that may be repeated. It is not variadic: that would swallow an operand behind it. */
export function collect(value: string, former: readonly string[] = []): readonly string[] {
  return [...former, value];
}
