/** What stands behind `?`: a value, or several of one name. Pages make of it what they need (`validateSearch`). */
export type Search = Readonly<Record<string, string | readonly string[]>>;

/** `?status=Active&status=Paused&text=logs` */
export function readSearch(text: string): Search {
  const parameters = new URLSearchParams(text);
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.getAll(name);
      const [only = ''] = values;
      return [name, values.length === 1 ? only : values];
    }),
  );
}

export function writeSearch(search: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of [value].flat()) {
      if (typeof each === 'string' && each !== '') parameters.append(name, each);
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** All values of a name, once each. */
export function valuesOf(search: Readonly<Record<string, unknown>>, name: string): string[] {
  const strings = [search[name]].flat().filter((value) => typeof value === 'string');
  return [...new Set(strings)].filter((value) => value !== '');
}

/** The value of a name; undefined when there is none. */
export function valueOf(search: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return valuesOf(search, name)[0];
}
