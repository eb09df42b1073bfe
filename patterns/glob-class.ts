import { PatternError } from './pattern-error';

const SLASH = 0x2f;

/**
 * A class of characters in a glob, as RE2 syntax, and where it ends. It never matches `/`, however its ranges are written:
 * a key's levels are told apart by `**` alone.
 *
 * @param start - The place of the `[`.
 * @throws PatternError for a class that has no end, is empty, or has a range from high to low.
 */
export function globClass(glob: string, start: number): { readonly source: string; readonly end: number } {
  const isNegated = glob[start + 1] === '!' || glob[start + 1] === '^';
  const first = start + (isNegated ? 2 : 1);
  const ranges: string[] = [];
  let at = first;
  while (glob[at] !== ']' || at === first) {
    if (glob.startsWith('[:', at)) {
      throw new PatternError('[:…:] has no meaning in a class; write the ranges, as [a-z]');
    }
    const low = character(glob, at);
    at = low.end;
    if (glob[at] === '-' && glob[at + 1] !== ']') {
      const high = character(glob, at + 1);
      at = high.end;
      if (high.code < low.code) throw new PatternError('a class has a range that runs from high to low');
      ranges.push(...withoutSlash(low.code, high.code));
    } else {
      ranges.push(...withoutSlash(low.code, low.code));
    }
  }
  if (isNegated) return { source: `[^/${ranges.join('')}]`, end: at + 1 };
  if (ranges.length === 0) throw new PatternError('a class has nothing but /, which only ** and / itself match');
  return { source: `[${ranges.join('')}]`, end: at + 1 };
}

function character(glob: string, at: number): { readonly code: number; readonly end: number } {
  const start = glob[at] === '\\' ? at + 1 : at;
  const code = glob.codePointAt(start);
  if (code === undefined) throw new PatternError('a [ has no ]; write \\[ for the character itself');
  return { code, end: start + String.fromCodePoint(code).length };
}

function withoutSlash(low: number, high: number): string[] {
  if (low > SLASH || high < SLASH) return [range(low, high)];
  return [...(low < SLASH ? [range(low, SLASH - 1)] : []), ...(high > SLASH ? [range(SLASH + 1, high)] : [])];
}

function range(low: number, high: number): string {
  return `\\x{${low.toString(16)}}-\\x{${high.toString(16)}}`;
}
