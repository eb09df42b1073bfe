const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};
const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** What a place counts, by the end of its name. */
export function unitOf(name: string): 'bytes' | 'seconds' | undefined {
  if (/Bytes(Per[A-Z][a-z]+)?$/.test(name)) return 'bytes';
  return name.endsWith('Seconds') ? 'seconds' : undefined;
}

/** The number of `30d` in a place for seconds, of `1.5GiB` in one for bytes; undefined for another text. */
export function quantityIn(name: string, text: string): number | undefined {
  const unit = unitOf(name);
  const units = unit === undefined ? {} : { bytes: BYTES, seconds: SECONDS }[unit];
  const [, count, suffix = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const factor = units[suffix.toLowerCase()];
  if (count === undefined || factor === undefined) return undefined;
  const value = Number(count) * factor;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** `1.5 GiB`, `500 B` */
export function bytesText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(BINARY_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${BINARY_UNITS[power] ?? ''}`;
}
