import { InvalidArgumentError, type Option } from 'commander';

const oneOf = new Intl.ListFormat('en', { type: 'disjunction' });

/** A slip of the finger, not another word. */
const SLIPS_MAX = 2;

/** The name that is meant, in any case. Undefined for none. */
export function named<Name extends string>(given: string, names: readonly Name[]): Name | undefined {
  const plain = given.trim().toLowerCase();
  return names.find((name) => name === given) ?? names.find((name) => name.toLowerCase() === plain);
}

/** The one name that is close to what was given, in any case. */
export function closest(given: string, names: readonly string[]): string | undefined {
  const plain = given.trim().toLowerCase();
  const most = Math.min(SLIPS_MAX, Math.floor(plain.length / 3));
  const near = names.map((name) => ({ name, slips: slips(plain, name.toLowerCase()) }));
  return near.filter((one) => one.slips <= most).sort((a, b) => a.slips - b.slips)[0]?.name;
}

/** `unknown status failled: did you mean Failed?`, or all that there are. */
export function unknownName(what: string, given: string, names: readonly string[]): string {
  const near = closest(given, names);
  const hint = near === undefined ? `expected ${oneOf.format(names) || 'none'}` : `did you mean ${near}?`;
  return `unknown ${what} ${given}: ${hint}`;
}

/** The values of an option, in any case. */
export function choices(option: Option, values: readonly string[]): Option {
  return option.choices([...values]).argParser((given: string) => {
    const value = named(given, values);
    if (value !== undefined) return value;
    const near = closest(given, values);
    throw new InvalidArgumentError(
      near === undefined ? `Allowed choices are ${values.join(', ')}.` : `Did you mean ${near}?`,
    );
  });
}

/** Edits of a letter, and swaps of two neighbours, from one text to the other (optimal string alignment). */
function slips(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > SLIPS_MAX) return SLIPS_MAX + 1;
  let [before, row]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (isSame ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, row] = [row, next];
  }
  return row[to.length] ?? 0;
}
