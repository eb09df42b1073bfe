import { badSelect } from './refusal';
import { isNode, type Node, text } from './tree';

/**
 * A constant of a tree as SQL.
 *
 * @throws DroverError BadRequestException for a number that JSON can't hold exactly, and for types that no column has.
 */
export function literal(value: unknown): string {
  const type = isNode(value) && isNode(value['type']) ? value['type'] : undefined;
  if (!isNode(value) || type === undefined) throw badSelect('has a constant that is not understood');
  if (value['is_null'] === true) return 'NULL';
  const given = value['value'];
  const id = text(type['id']);
  if (id === 'VARCHAR') return quoted(text(given));
  if (id === 'BOOLEAN') return given === true ? 'true' : 'false';
  if (typeof given !== 'number' || !isExact(given, id)) {
    throw badSelect('has a number with more than 15 digits, or a constant of a type that no column has');
  }
  if (id === 'DOUBLE' || id === 'FLOAT') return `CAST(${given} AS DOUBLE)`;
  return id === 'DECIMAL' ? decimal(given, type['type_info']) : `(${given})`;
}

const INTEGERS = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'DECIMAL'];

function isExact(given: number, id: string): boolean {
  return INTEGERS.includes(id) ? Number.isSafeInteger(given) : Number.isFinite(given);
}

function quoted(given: string): string {
  if (given.includes('\0')) throw badSelect('has a NUL character');
  return `'${given.replaceAll("'", "''")}'`;
}

/** DuckDB gives the digits and how many of them stand behind the point. */
function decimal(digits: number, info: unknown): string {
  const scale = isNode(info) ? Number((info satisfies Node)['scale']) : 0;
  const sign = digits < 0 ? '-' : '';
  const all = String(Math.abs(digits)).padStart(scale + 1, '0');
  return `(${sign}${all.slice(0, all.length - scale)}.${all.slice(all.length - scale)})`;
}
