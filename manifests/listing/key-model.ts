import type { CompareKeys } from '../../storage/key-order';

/** Symbols of a key behind the shared beginning that say something of how keys are spread. */
const LEARNED_SYMBOLS = 5;
/** Keys of a page that are looked at. */
const LEARNED_KEYS = 32;
/** Symbols behind the shared beginning that make a value: a double has room for some ten. */
const VALUE_SYMBOLS = 12;
/** Symbols that are known but not from where keys differ: together they get this share. */
const RARE_SHARE = 0.02;
const POINT_SYMBOLS_MAX = 16;
/** Control characters, and what may be no character in UTF-8 or XML, are in no point: not every store takes them in a request. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/u;

interface Share {
  readonly symbol: string;
  readonly from: number;
  readonly width: number;
}

/**
 * How keys are spread, learned from those seen: the symbols in which neighbours differ, by how often they come. A key is a number between 0
 * and 1, as in arithmetic coding, so that halves of a range hold about as many keys. No alphabet is assumed.
 */
export class KeyModel {
  private readonly counts = new Map<string, number>();
  private shares: readonly Share[] = [];
  private bySymbol = new Map<string, Share>();
  private isStale = true;

  constructor(private readonly compare: CompareKeys) {}

  /** Keys of one page, in order. */
  learn(keys: readonly string[]): void {
    const first = keys[0];
    const last = keys.at(-1);
    if (first === undefined || last === undefined) return;
    const shared = sharedLength(first, last);
    const step = Math.max(1, Math.floor(keys.length / LEARNED_KEYS));
    for (const symbol of first.slice(0, shared)) this.count(symbol, 0);
    for (let at = 0; at < keys.length; at += step) {
      let place = 0;
      for (const symbol of (keys[at] ?? '').slice(shared)) this.count(symbol, place++ < LEARNED_SYMBOLS ? 1 : 0);
    }
  }

  /** Which part of the way from `low` to `high` lies behind `key`, between 0 and 1. */
  covered(low: string, key: string, high: string | undefined, prefix: string): number {
    const base = baseOf(low, high, prefix);
    const from = this.value(low, base);
    const to = high === undefined || !high.startsWith(prefix) ? 1 : this.value(high, base);
    return to <= from ? 1 : Math.min(1, Math.max(0, (this.value(key, base) - from) / (to - from)));
  }

  /** A point between two keys with about half of what lies between them on each side; undefined: none was found. */
  middle(low: string, high: string | undefined, prefix: string): string | undefined {
    const base = baseOf(low, high, prefix);
    const from = this.value(low, base);
    const to = high === undefined || !high.startsWith(prefix) ? 1 : this.value(high, base);
    const width = to - from;
    if (!(width > 0)) return undefined;
    const point = this.point(low.slice(0, base) || prefix, (from + to) / 2, width / 8);
    const isBetween = this.compare(low, point) < 0 && (high === undefined || this.compare(point, high) < 0);
    return isBetween ? point : undefined;
  }

  private count(symbol: string, by: number): void {
    const known = this.counts.get(symbol);
    if (known === undefined && UNFIT.test(symbol)) return;
    this.counts.set(symbol, (known ?? 0) + by);
    this.isStale = true;
  }

  private point(base: string, value: number, precision: number): string {
    let point = base;
    let rest = value;
    let width = 1;
    for (let depth = 0; depth < POINT_SYMBOLS_MAX && (width > precision || depth === 0); depth++) {
      const share = this.shareAt(rest);
      if (share === undefined) return point;
      point += share.symbol;
      rest = (rest - share.from) / share.width;
      width *= share.width;
    }
    return point;
  }

  private value(key: string, from: number): number {
    let value = 0;
    let width = 1;
    let depth = 0;
    for (const symbol of key.slice(from, from + 2 * VALUE_SYMBOLS)) {
      if (depth++ >= VALUE_SYMBOLS) break;
      const share = this.shareOf(symbol);
      value += width * share.from;
      width *= share.width;
      if (width === 0) break;
    }
    return value;
  }

  /** A symbol that is in no point has no width: it lies between its neighbours. */
  private shareOf(symbol: string): Share {
    this.refresh();
    const known = this.bySymbol.get(symbol);
    if (known) return known;
    const next = this.shares.find((share) => this.compare(share.symbol, symbol) > 0);
    const unknown = { symbol, from: next?.from ?? 1, width: 0 };
    this.bySymbol.set(symbol, unknown);
    return unknown;
  }

  private shareAt(value: number): Share | undefined {
    this.refresh();
    let low = 0;
    let high = this.shares.length - 1;
    while (low < high) {
      const at = (low + high + 1) >> 1;
      if ((this.shares[at]?.from ?? 0) <= value) low = at;
      else high = at - 1;
    }
    return this.shares[low];
  }

  private refresh(): void {
    if (!this.isStale) return;
    this.isStale = false;
    const symbols = [...this.counts].sort(([a], [b]) => this.compare(a, b));
    const total = symbols.reduce((sum, [, count]) => sum + count, 0);
    const rare = total === 0 ? 1 / symbols.length : RARE_SHARE / symbols.length;
    let from = 0;
    this.shares = symbols.map(([symbol, count]) => {
      const width = rare + (total === 0 ? 0 : (count / total) * (1 - RARE_SHARE));
      const share = { symbol, from, width };
      from += width;
      return share;
    });
    this.bySymbol = new Map(this.shares.map((share) => [share.symbol, share]));
  }
}

/** Code units that both begin with; a pair of surrogates is not torn. */
export function sharedLength(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  const unit = at > 0 ? a.charCodeAt(at - 1) : 0;
  return unit >= 0xd800 && unit < 0xdc00 ? at - 1 : at;
}

function baseOf(low: string, high: string | undefined, prefix: string): number {
  if (high === undefined || !high.startsWith(prefix)) return prefix.length;
  return Math.max(low.startsWith(prefix) ? prefix.length : 0, sharedLength(low, high));
}
