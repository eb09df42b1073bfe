import type { NormalizedSchema } from '@smithy/core/schema';

/**
 * What becomes of an element that no schema has. AWS adds members to its structures every few months, and takes no notice of
 * those that it does not know: so do we, where only AWS's clients write. Where people write Drover's own members it would be
 * dangerous: a job with a misspelt condition would do its work, deleting for example, to all objects. So everything within a
 * structure of Drover's own is refused by name. In Operation itself, too: what AWS may add there is another operation, which
 * is not carried out, and there stand the conditions. In a structure of AWS's that has members of Drover's, what looks like one
 * of these misspelt is refused.
 */
export const OWN_NAMESPACE = 'drover';

/** By the structure's name: `all`, or the names of Drover's members in it. */
const refused = new Map<string, 'all' | readonly string[]>();

/** Whether a structure is none of AWS's: what its members may hold is said in its zod schema only. */
export function isOwn(shape: NormalizedSchema): boolean {
  return shape.getName(true)?.startsWith(`${OWN_NAMESPACE}#`) === true;
}

/** To be told of structures of AWS's that are made larger; `all`: no unknown element is passed over in it. */
export function refuseElements(structure: string, names: 'all' | readonly string[]): void {
  refused.set(structure, names);
}

/** Whether an unknown element must not be passed over in a structure of AWS's. */
export function isRefusedElement(shape: NormalizedSchema, element: string): boolean {
  const names = refused.get(shape.getName() ?? '') ?? [];
  return names === 'all' || names.some((name) => resembles(element, name));
}

/** Whether the one may be the other, mistyped: a letter too many, missing, wrong or in the wrong place, twice in a long name. */
export function resembles(given: string, name: string): boolean {
  const [a, b] = [given.toLowerCase(), name.toLowerCase()];
  const allowed = name.length > 5 ? 2 : 1;
  return Math.abs(a.length - b.length) <= allowed && editDistance(a, b) <= allowed;
}

/** Letters to be inserted, removed, replaced, or exchanged with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line[column] = Math.min(
        (last[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, line];
  }
  return last[b.length] ?? 0;
}
