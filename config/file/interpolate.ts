import type { Problem, SettingPath } from '../problems';

const REFERENCE = /\$\$\{|\$\{([^}]*)\}|\$\{/g;
/** What stands there may be part of a secret. */
const NO_VARIABLE =
  '${ must be followed by the name of an environment variable and }; write $${ for the characters themselves';
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface Interpolated {
  readonly value: unknown;
  /** Those that the texts refer to. */
  readonly variables: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * The value with every `${NAME}` in its texts replaced by that environment variable; `$${` stands for `${`. Keys are left as
 * they are. A variable that is absent or empty is a problem, as is a `${` that names none.
 */
export function interpolate(value: unknown, env: Readonly<Record<string, string | undefined>>): Interpolated {
  const variables = new Set<string>();
  const problems: Problem[] = [];
  const inText = (text: string, path: SettingPath): string =>
    text.replace(REFERENCE, (match, name: string | undefined) => {
      if (match === '$${') return '${';
      if (name === undefined || !VARIABLE.test(name)) {
        problems.push({ path, message: NO_VARIABLE });
        return match;
      }
      variables.add(name);
      const found = env[name];
      if (found !== undefined && found !== '') return found;
      problems.push({ path, message: `the environment variable ${name} is not set` });
      return match;
    });
  const replaced = mapTexts(value, [], inText);
  return { value: replaced, variables: [...variables], problems };
}

function mapTexts(value: unknown, path: SettingPath, map: (text: string, path: SettingPath) => string): unknown {
  if (typeof value === 'string') return map(value, path);
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, [...path, index], map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, mapTexts(member, [...path, key], map)] as const),
  );
}
