import { literal } from '../select/literal';
import { columnOf, type Condition, isNow } from '../select/statement';
import { isNode, type Node, nodes, text } from '../select/tree';
import type { SourceRow } from '../sources/row';

/** Where a CSV has what rows tell, by number from 0. What a store can't compare as it stands there is left out. */
export type StoreColumns = ReadonlyMap<keyof SourceRow, number>;

/**
 * The part of a condition that S3 Select and Drover understand alike, as S3 Select's SQL: of what is joined by AND, whatever can
 * be put so. It lets all rows pass that the condition lets pass, and others: those whose fields are empty, of which Drover asks first.
 * Undefined when nothing can be put so.
 */
export function printForStore({ where, tables }: Condition, columns: StoreColumns, nowMs: number): string | undefined {
  const common = joinedByAnd(where).flatMap((node) => {
    const printer = new Printer(tables, columns, nowMs);
    const condition = printer.condition(node);
    return condition === undefined ? [] : [orEmpty(condition, printer.mayBeEmpty)];
  });
  return common.length === 0 ? undefined : `SELECT * FROM S3Object s WHERE ${common.join(' AND ')}`;
}

function joinedByAnd(node: Node): Node[] {
  const isAnd = node['class'] === 'CONJUNCTION' && node['type'] === 'CONJUNCTION_AND';
  return isAnd ? (nodes(node['children']) ?? []).flatMap(joinedByAnd) : [node];
}

function orEmpty(condition: string, fields: ReadonlySet<string>): string {
  const others = [...fields].map((field) => ` OR ${field} = ''`);
  return others.length === 0 ? condition : `(${condition}${others.join('')})`;
}

type Kind = 'text' | 'number' | 'time' | 'truth';
interface Value {
  readonly kind: Kind;
  readonly sql: string;
}

const KINDS: Partial<Record<keyof SourceRow, Kind>> = {
  bucket: 'text',
  key: 'text',
  size: 'number',
  lastModifiedMs: 'time',
  storageClass: 'text',
  isLatest: 'truth',
  isDeleteMarker: 'truth',
  encryption: 'text',
  replicationStatus: 'text',
};

const EQUALITIES: Readonly<Record<string, string>> = { COMPARE_EQUAL: '=', COMPARE_NOTEQUAL: '<>' };
/** For numbers and times alone: stores order texts in ways of their own. */
const ORDERS: Readonly<Record<string, string>> = {
  COMPARE_LESSTHAN: '<',
  COMPARE_GREATERTHAN: '>',
  COMPARE_LESSTHANOREQUALTO: '<=',
  COMPARE_GREATERTHANOREQUALTO: '>=',
};
const LIKES: Readonly<Record<string, string>> = { '~~': 'LIKE', '!~~': 'NOT LIKE' };
/** `_` is a character, of which there is more than one notion; `\` escapes for some and not for others. */
const UNLIKE = /[_\\]/;

/** Without a zone it is UTC; no other zone passes (`print.ts` of DuckDB). No row has a finer time than milliseconds. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)Z?)?$/;

/** Each method returns undefined for what the two do not have in common. */
class Printer {
  /** Fields that were named and need not tell anything. */
  readonly mayBeEmpty = new Set<string>();

  constructor(
    private readonly tables: readonly string[],
    private readonly columns: StoreColumns,
    private readonly nowMs: number,
  ) {}

  condition(node: unknown): string | undefined {
    if (!isNode(node)) return undefined;
    switch (node['class']) {
      case 'CONJUNCTION':
        return this.joined(node, node['type'] === 'CONJUNCTION_AND' ? ' AND ' : ' OR ');
      case 'COMPARISON':
        return this.comparison(node);
      case 'BETWEEN':
        return this.between(node);
      case 'OPERATOR':
        return this.operator(text(node['type']), nodes(node['children']) ?? []);
      case 'FUNCTION':
        return this.like(node);
      case 'COLUMN_REF':
        return this.truth(node);
      default:
        return undefined;
    }
  }

  private joined(node: Node, word: string): string | undefined {
    const parts = all((nodes(node['children']) ?? []).map((child) => this.condition(child)));
    return parts && `(${parts.join(word)})`;
  }

  private comparison(node: Node): string | undefined {
    const values = this.alike([node['left'], node['right']]);
    const [left, right] = values ?? [];
    if (left === undefined || right === undefined || left.kind === 'truth') return undefined;
    const signs = left.kind === 'text' ? EQUALITIES : { ...EQUALITIES, ...ORDERS };
    const sign = signs[text(node['type'])];
    return sign && `${left.sql} ${sign} ${right.sql}`;
  }

  private between(node: Node): string | undefined {
    const values = this.alike([node['input'], node['lower'], node['upper']]);
    const [input, lower, upper] = values ?? [];
    if (input === undefined || input.kind === 'text' || input.kind === 'truth') return undefined;
    return `(${input.sql} BETWEEN ${lower!.sql} AND ${upper!.sql})`;
  }

  private operator(type: string, given: readonly Node[]): string | undefined {
    const [first] = given;
    switch (type) {
      case 'OPERATOR_NOT': {
        const inner = this.condition(first);
        return inner && `(NOT (${inner}))`;
      }
      case 'OPERATOR_IS_NULL':
        return this.emptiness(first, '=');
      case 'OPERATOR_IS_NOT_NULL':
        return this.emptiness(first, '<>');
      case 'COMPARE_IN':
        return this.among(given, 'IN');
      case 'COMPARE_NOT_IN':
        return this.among(given, 'NOT IN');
      default:
        return undefined;
    }
  }

  private among(given: readonly Node[], word: string): string | undefined {
    const [first, ...others] = this.alike(given) ?? [];
    if (first === undefined || first.kind === 'truth' || others.length === 0) return undefined;
    return `(${first.sql} ${word} (${others.map(({ sql }) => sql).join(', ')}))`;
  }

  private emptiness(node: Node | undefined, sign: string): string | undefined {
    const column = node && this.place(node);
    return column && `${column.sql} ${sign} ''`;
  }

  private like(node: Node): string | undefined {
    const word = LIKES[text(node['function_name'])];
    const [left, right] = nodes(node['children']) ?? [];
    const column = left && this.place(left);
    if (word === undefined || column?.kind !== 'text' || right?.['class'] !== 'CONSTANT') return undefined;
    const pattern = this.value(right);
    if (pattern?.kind !== 'text' || UNLIKE.test(pattern.sql)) return undefined;
    return `(${column.sql} ${word} ${pattern.sql})`;
  }

  /** Inventories have these words in any case. */
  private truth(node: Node): string | undefined {
    const column = this.place(node);
    return column?.kind === 'truth' ? `(${column.sql} IN ('true', 'True', 'TRUE'))` : undefined;
  }

  /** Values of one kind. A text beside a number is cast by one and not by the other. */
  private alike(given: readonly unknown[]): readonly Value[] | undefined {
    const values = all(given.map((node) => this.value(node)));
    return values?.every(({ kind }) => kind === values[0]?.kind) === true ? values : undefined;
  }

  private value(node: unknown): Value | undefined {
    if (!isNode(node)) return undefined;
    switch (node['class']) {
      case 'COLUMN_REF':
        return this.column(node);
      case 'CONSTANT':
        return constant(node['value']);
      case 'CAST':
        return timeOf(node);
      case 'FUNCTION':
        return isNow(node) ? timestamp(this.nowMs) : undefined;
      default:
        return undefined;
    }
  }

  private column(node: Node): Value | undefined {
    const place = this.place(node);
    if (place === undefined) return isNow(node) ? timestamp(this.nowMs) : undefined;
    const { kind, sql } = place;
    // Delete markers have no size, and an empty text is no number.
    if (kind === 'number') return { kind, sql: `CAST(NULLIF(${sql}, '') AS INT)` };
    return kind === 'time' ? { kind, sql: `TO_TIMESTAMP(NULLIF(${sql}, ''))` } : place;
  }

  private place(node: Node): Value | undefined {
    const member = columnOf(node, this.tables)?.member;
    const at = member && this.columns.get(member);
    const kind = member && KINDS[member];
    if (at === undefined || kind === undefined) return undefined;
    const sql = `s._${at + 1}`;
    if (member !== 'bucket' && member !== 'key') this.mayBeEmpty.add(sql);
    return { kind, sql };
  }
}

function all<T>(given: readonly (T | undefined)[]): readonly T[] | undefined {
  return given.includes(undefined) ? undefined : (given as readonly T[]);
}

function constant(value: unknown): Value | undefined {
  const type = isNode(value) && isNode(value['type']) ? text(value['type']['id']) : '';
  if (!isNode(value) || value['is_null'] === true) return undefined;
  if (type === 'VARCHAR') return { kind: 'text', sql: literal(value) };
  return ['INTEGER', 'BIGINT', 'DECIMAL'].includes(type)
    ? { kind: 'number', sql: unbracketed(literal(value)) }
    : undefined;
}

function unbracketed(sql: string): string {
  return sql.replace(/^\((.*)\)$/, '$1');
}

/** `TIMESTAMP '…'`, which the tree has as a cast of a text. */
function timeOf(node: Node): Value | undefined {
  const [type, child] = [node['cast_type'], node['child']];
  const value = isNode(child) && child['class'] === 'CONSTANT' ? child['value'] : undefined;
  if (!isNode(type) || type['id'] !== 'TIMESTAMP' || !isNode(value) || node['try_cast'] === true) return undefined;
  const [, date, time = '00:00'] = TIME.exec(text(value['value'])) ?? [];
  const ms = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(ms) ? undefined : timestamp(ms);
}

function timestamp(ms: number): Value {
  return { kind: 'time', sql: `TO_TIMESTAMP('${new Date(ms).toISOString()}')` };
}
