type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

export type Defined<T> = { [K in Exclude<keyof T, Optional<T>>]: T[K] } & {
  [K in Optional<T>]?: Exclude<T[K], undefined>;
};

/** The members that are not undefined: an absent member is how requests, answers and settings say "not given". */
export function defined<T extends object>(value: T): Defined<T> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) result[name] = member;
  return result as Defined<T>;
}
