import { LIMITS } from '../../contracts/limits';
import { type Column, COLUMNS } from './columns';
import { FUNCTIONS, OPERATORS, TYPES } from './functions';
import { literal } from './literal';
import { badSelect } from './refusal';
import { columnOf, type Condition, isNow } from './statement';
import { isAbsent, isNode, type Node, nodes, text } from './tree';
import { checkZones } from './zones';

export interface Printed {
  readonly sql: string;
  /** Columns that it names, in the order of `COLUMNS`. */
  readonly columns: readonly Column[];
}

/** What DuckDB knows and a filter has no use for, as a person knows it. */
const REFUSED: Readonly<Record<string, string>> = {
  SUBQUERY: 'a subquery',
  LAMBDA: 'a lambda',
  WINDOW: 'a window function',
  PARAMETER: 'a parameter',
  STAR: '*',
  COLLATE: 'COLLATE',
  POSITIONAL_REFERENCE: 'a column by its number',
};

const COMPARISONS: Readonly<Record<string, string>> = {
  COMPARE_EQUAL: '=',
  COMPARE_NOTEQUAL: '<>',
  COMPARE_LESSTHAN: '<',
  COMPARE_GREATERTHAN: '>',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHANOREQUALTO: '>=',
  COMPARE_DISTINCT_FROM: 'IS DISTINCT FROM',
  COMPARE_NOT_DISTINCT_FROM: 'IS NOT DISTINCT FROM',
};

/**
 * The condition as SQL of our own making: each node is one of those below, or it is refused by name. So nothing reaches
 * DuckDB as a query that is not printed here.
 *
 * @param nowMs - The time that `now()` stands for.
 * @throws DroverError BadRequestException that names the column, function or construct.
 */
export function printCondition(condition: Condition, nowMs: number): Printed {
  const { where, tables } = condition;
  const used = new Set<Column>();
  const print = new Printer(tables, nowMs, used);
  const sql = print.expression(where, 0);
  checkZones(condition);
  return { sql, columns: COLUMNS.filter((column) => used.has(column)) };
}

class Printer {
  constructor(
    private readonly tables: readonly string[],
    private readonly nowMs: number,
    private readonly used: Set<Column>,
  ) {}

  expression(node: unknown, depth: number): string {
    if (!isNode(node)) throw badSelect('has a part that is not understood');
    if (depth > LIMITS.select.depthMax) throw badSelect(`is nested more than ${LIMITS.select.depthMax} deep`);
    const one = (inner: unknown): string => this.expression(inner, depth + 1);
    const many = (inner: unknown): string[] => (nodes(inner) ?? []).map(one);
    switch (node['class']) {
      case 'CONJUNCTION':
        return bracketed(many(node['children']).join(node['type'] === 'CONJUNCTION_AND' ? ' AND ' : ' OR '));
      case 'COMPARISON':
        return bracketed(`${one(node['left'])} ${comparison(node)} ${one(node['right'])}`);
      case 'BETWEEN':
        return bracketed(`${one(node['input'])} BETWEEN ${one(node['lower'])} AND ${one(node['upper'])}`);
      case 'OPERATOR':
        return operator(text(node['type']), many(node['children']));
      case 'CASE':
        return cases(node, one);
      case 'CAST':
        return `${node['try_cast'] === true ? 'TRY_CAST' : 'CAST'}(${one(node['child'])} AS ${castType(node['cast_type'])})`;
      case 'CONSTANT':
        return literal(node['value']);
      case 'COLUMN_REF':
        return this.column(node);
      case 'FUNCTION':
        return this.call(node, many(node['children']));
      default:
        throw badSelect(`must not have ${REFUSED[text(node['class'])] ?? text(node['type'])}`);
    }
  }

  private column(node: Node): string {
    const column = columnOf(node, this.tables);
    if (column !== undefined) {
      this.used.add(column);
      return column.name;
    }
    if (isNow(node)) return this.now();
    const names = Array.isArray(node['column_names']) ? node['column_names'].map(text) : [];
    const known = COLUMNS.map(({ name }) => name).join(', ');
    throw badSelect(`there is no column ${JSON.stringify(names.join('.'))}; the columns are ${known}`);
  }

  private call(node: Node, given: readonly string[]): string {
    const name = text(node['function_name']).toLowerCase();
    const isPlain =
      ['', 'main'].includes(text(node['schema'])) &&
      ['catalog', 'filter', 'distinct', 'export_state'].every((member) => isAbsent(node[member])) &&
      isNode(node['order_bys']) &&
      isAbsent(node['order_bys']['orders']);
    if (!isPlain) throw badSelect(`${name} must be called with its arguments alone`);
    if (isNow(node) && given.length === 0) return this.now();
    if (OPERATORS.has(name)) {
      return bracketed(given.length === 1 ? `${name} ${given.join('')}` : given.join(` ${name} `));
    }
    if (FUNCTIONS.has(name)) return `"${name}"(${given.join(', ')})`;
    const known = [...FUNCTIONS].filter((other) => !other.includes('_escape')).join(', ');
    throw badSelect(`the function ${JSON.stringify(name)} is not allowed; these are: ${known}`);
  }

  private now(): string {
    return `make_timestamp(${Math.trunc(this.nowMs)} * 1000)`;
  }
}

function bracketed(sql: string): string {
  return `(${sql})`;
}

function comparison(node: Node): string {
  const sign = COMPARISONS[text(node['type'])];
  if (sign === undefined) throw badSelect(`must not have ${text(node['type'])}`);
  return sign;
}

function operator(type: string, given: readonly string[]): string {
  const [first = '', ...others] = given;
  switch (type) {
    case 'OPERATOR_NOT':
      return `(NOT ${first})`;
    case 'OPERATOR_IS_NULL':
      return `(${first} IS NULL)`;
    case 'OPERATOR_IS_NOT_NULL':
      return `(${first} IS NOT NULL)`;
    case 'COMPARE_IN':
      return `(${first} IN (${others.join(', ')}))`;
    case 'COMPARE_NOT_IN':
      return `(${first} NOT IN (${others.join(', ')}))`;
    case 'OPERATOR_COALESCE':
      return `coalesce(${given.join(', ')})`;
    default:
      throw badSelect(`must not have ${type}`);
  }
}

function cases(node: Node, one: (inner: unknown) => string): string {
  const checks = nodes(node['case_checks']) ?? [];
  const whens = checks.map((check) => `WHEN ${one(check['when_expr'])} THEN ${one(check['then_expr'])}`);
  return `(CASE ${whens.join(' ')} ELSE ${one(node['else_expr'])} END)`;
}

function castType(type: unknown): string {
  const id = isNode(type) ? text(type['id']) : '';
  if (!isNode(type) || !TYPES.has(id)) throw badSelect(`a cast must be to one of ${[...TYPES].join(', ')}`);
  const info = type['type_info'];
  if (id !== 'DECIMAL' || !isNode(info)) return id;
  return `DECIMAL(${Number(info['width'])}, ${Number(info['scale'])})`;
}
