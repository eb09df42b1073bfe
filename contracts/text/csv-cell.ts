const NEEDS_QUOTES = /[",\r\n]/;

/** A field of a CSV (RFC 4180), quoted where it has to be. */
export function csvCell(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
