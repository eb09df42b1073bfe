/** A node of the tree that DuckDB's `json_serialize_sql` makes of a statement; every member is checked before it is used. */
export type Node = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The nodes of a list; undefined when it is none. */
export function nodes(value: unknown): readonly Node[] | undefined {
  return Array.isArray(value) && value.every(isNode) ? value : undefined;
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** True for what DuckDB writes where a part of a statement is not there. */
export function isAbsent(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  );
}
