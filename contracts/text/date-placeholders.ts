/**
 * Placeholders for the time a schedule's run was due, in UTC: nightly inventories lie below dated prefixes. Anything else
 * in braces is left as it is here, and refused when the schedule is created.
 */
const PLACEHOLDERS: Readonly<Record<string, (dueIso: string) => string>> = {
  '{yyyy}': (due) => due.slice(0, 4),
  '{mm}': (due) => due.slice(5, 7),
  '{dd}': (due) => due.slice(8, 10),
  '{HH}': (due) => due.slice(11, 13),
};

export const PLACEHOLDER_NAMES = Object.keys(PLACEHOLDERS);

const IN_BRACES = /\{[A-Za-z]+\}/g;

export function expandPlaceholders(text: string, due: Date): string {
  const dueIso = due.toISOString();
  return text.replace(IN_BRACES, (name) => PLACEHOLDERS[name]?.(dueIso) ?? name);
}

export function hasPlaceholders(text: string): boolean {
  return PLACEHOLDER_NAMES.some((name) => text.includes(name));
}

/** The first name in braces that is no placeholder: `{MM}` would otherwise look for a key that really has braces. */
export function unknownPlaceholder(text: string): string | undefined {
  return text.match(IN_BRACES)?.find((name) => !(name in PLACEHOLDERS));
}
