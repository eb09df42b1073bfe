/** Headers as the HTTP client gives them: lower-case names, values as octets, one character for each. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
