/** What regular expressions would do in more than linear time. */

export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

/** A count as people read it: `1,234,567`. */
export function grouped(count: number): string {
  const digits = String(count);
  let text = '';
  for (let end = digits.length; end > 0; end -= 3) {
    text = digits.slice(Math.max(0, end - 3), end) + (text === '' ? '' : `,${text}`);
  }
  return text;
}
