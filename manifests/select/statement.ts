import { LIMITS } from '../../contracts/limits';
import { columnNamed } from './columns';
import { NOW } from './functions';
import { badSelect } from './refusal';
import { isAbsent, isNode, type Node, nodes, text } from './tree';

const TABLE = 's3object';

/**
 * The statement that an expression is or stands for. What it holds is found in its tree (`conditionOf`), so text that closes
 * the bracket and goes on changes nothing but the tree.
 *
 * @throws DroverError BadRequestException for one that is empty or too long.
 */
export function statementOf(expression: string): string {
  if (expression.trim() === '') throw badSelect('is empty');
  if (expression.length > LIMITS.select.charsMax) {
    throw badSelect(`is longer than ${LIMITS.select.charsMax} characters`);
  }
  if (/^\s*select\b/i.test(expression)) return expression;
  // With the alias that S3's own examples have.
  return `SELECT * FROM S3Object s WHERE (\n${expression.replace(/^\s*where\b/i, '')}\n)`;
}

export interface Condition {
  readonly where: Node;
  /** Names before a column's, in lower case. */
  readonly tables: readonly string[];
}

/** Parts of a SELECT that a filter has no use for, by their names in the tree, as a person knows them. */
const NO_PARTS: readonly (readonly [member: string, name: string])[] = [
  ['modifiers', 'ORDER BY, LIMIT or DISTINCT'],
  ['group_expressions', 'GROUP BY'],
  ['group_sets', 'GROUP BY'],
  ['having', 'HAVING'],
  ['sample', 'a sample'],
  ['qualify', 'QUALIFY'],
];

/**
 * The WHERE part of a parsed statement, when the statement is nothing but `SELECT columns FROM S3Object alias WHERE …`.
 *
 * @param serialized - The answer of `json_serialize_sql`.
 * @throws DroverError BadRequestException that names what is wrong.
 */
export function conditionOf(serialized: string): Condition {
  const answer: unknown = JSON.parse(serialized);
  if (!isNode(answer) || answer['error'] !== false) throw badSelect(parseProblem(answer));
  const [statement, another] = nodes(answer['statements']) ?? [];
  const select = statement?.['node'];
  if (another !== undefined || !isNode(select) || select['type'] !== 'SELECT_NODE') {
    throw badSelect('must be one SELECT … FROM S3Object WHERE …, or the part after WHERE');
  }
  refuseParts(select);
  const where = select['where_clause'];
  if (!isNode(where)) throw badSelect('has no WHERE: every row would pass');
  const tables = tablesOf(select['from_table']);
  for (const item of nodes(select['select_list']) ?? []) checkListed(item, tables);
  return { where, tables };
}

function refuseParts(select: Node): void {
  for (const [member, name] of NO_PARTS) {
    if (!isAbsent(select[member])) throw badSelect(`must not have ${name}`);
  }
  const ctes = select['cte_map'];
  if (!isNode(ctes) || !isAbsent(ctes['map'])) throw badSelect('must not have WITH');
  if (select['aggregate_handling'] !== 'STANDARD_HANDLING') throw badSelect('must not have GROUP BY');
}

function parseProblem(answer: unknown): string {
  const message = isNode(answer) ? text(answer['error_message']) : '';
  return message === 'Only SELECT statements can be serialized to json!'
    ? 'must be one SELECT … FROM S3Object WHERE …, or the part after WHERE'
    : `is no expression: ${message}`;
}

function tablesOf(from: unknown): string[] {
  const isPlain =
    isNode(from) &&
    from['type'] === 'BASE_TABLE' &&
    text(from['table_name']).toLowerCase() === TABLE &&
    ['schema_name', 'catalog_name', 'sample', 'column_name_alias', 'at_clause'].every((member) =>
      isAbsent(from[member]),
    );
  if (!isPlain) throw badSelect('must select FROM S3Object, and from nothing else');
  return [TABLE, text(from['alias']).toLowerCase()].filter((name) => name !== '');
}

/** What is listed does not matter for a filter, but must be what rows have: a count or a sum would not be given. */
function checkListed(item: Node, tables: readonly string[]): void {
  const isAll =
    item['class'] === 'STAR' &&
    ['exclude_list', 'replace_list', 'columns', 'expr', 'qualified_exclude_list', 'rename_list'].every((member) =>
      isAbsent(item[member]),
    );
  const isColumn = item['class'] === 'COLUMN_REF' && columnOf(item, tables) !== undefined;
  if (!isAll && !isColumn) throw badSelect('must select * or columns: only the part after WHERE decides');
}

/** The column that a reference names, by itself or after the table's name. */
export function columnOf(reference: Node, tables: readonly string[]) {
  const names = reference['column_names'];
  if (!Array.isArray(names)) return undefined;
  const [first, second, third] = names.map(text);
  if (third !== undefined || first === undefined) return undefined;
  if (second === undefined) return columnNamed(first);
  return tables.includes(first.toLowerCase()) ? columnNamed(second) : undefined;
}

/** The time when Preparing began, called or as a keyword. */
export function isNow(node: Node): boolean {
  const names = node['class'] === 'FUNCTION' ? [node['function_name']] : node['column_names'];
  return Array.isArray(names) && names.length === 1 && NOW.has(text(names[0]).toLowerCase());
}
