import type { Problem, SettingPath } from './problems';

const REFERENCE = /\$\$\{|\$\{([^}]*)\}|\$\{/g;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The value with every `${NAME}` in its texts replaced by that environment variable; `$${` stands for `${`. Keys are left as
 * they are. A variable that is absent or empty is a problem, as is a `${` that names none.
 */
export function interpolate(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
  path: SettingPath = [],
): unknown {
  if (typeof value === 'string') return replaceIn(value, env, (message) => problems.push({ path, message }));
  if (Array.isArray(value)) return value.map((item, index) => interpolate(item, env, problems, [...path, index]));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, member]) => [key, interpolate(member, env, problems, [...path, key])] as const,
  );
  return Object.fromEntries(entries);
}

function replaceIn(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  report: (message: string) => void,
): string {
  return text.replace(REFERENCE, (match, name: string | undefined) => {
    if (match === '$${') return '${';
    if (name === undefined || !VARIABLE.test(name)) {
      // What stands there may be part of a secret.
      report(
        '${ must be followed by the name of an environment variable and }; write $${ for the characters themselves',
      );
      return match;
    }
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    report(`the environment variable ${name} is not set`);
    return match;
  });
}
