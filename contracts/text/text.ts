/** What regular expressions would do in more than linear time. */

export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.5 GiB`, `500 B`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? String(value) : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[power] ?? ''}`;
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
