const GROUPED = new Intl.NumberFormat('en');

/** `1,234,567` */
export function grouped(count: number): string {
  return GROUPED.format(count);
}

/** `1 job`, `3,412 jobs` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** Whole per cent, of which 100 and 0 mean all and none. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '0 %';
  const exact = (100 * part) / whole;
  const rounded = part > 0 && part < whole ? Math.min(99, Math.max(1, Math.round(exact))) : Math.round(exact);
  return `${rounded} %`;
}

/** A rate in tasks: `0.25`, `1,200` */
export function inTasks(rate: number): string {
  return rate >= 10 ? grouped(Math.round(rate)) : String(Math.round(rate * 100) / 100);
}
