import { badSelect } from './refusal';
import { columnOf, type Condition, isNow } from './statement';
import { isNode, type Node, text } from './tree';

/** Behind a time of day. DuckDB leaves it out where it makes a time of a text, and so would take another time than is meant. */
const OFFSET = /\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?[+-]\d\d(?::?\d\d){0,2}$/;
const TIMES: readonly string[] = ['TIMESTAMP', 'DATE', 'TIME'];

/**
 * Refuses times of other zones than UTC. A text becomes a time also without the word TIMESTAMP: beside a time, in a comparison or as an
 * argument. Where texts alone are compared it stays one, whatever it looks like.
 *
 * @throws DroverError BadRequestException that names the time.
 */
export function checkZones({ where, tables }: Condition): void {
  for (const part of partsOf(where)) {
    const all = [...within(part)];
    const offset = all.map(offsetOf).find((found) => found !== undefined);
    if (offset === undefined || !all.some((node) => isTime(node, tables))) continue;
    throw badSelect(`the time '${offset}' must be in UTC, with Z or without a zone`);
  }
}

/** What is joined by AND, OR and NOT. */
function partsOf(node: Node): Node[] {
  const isJoined = node['class'] === 'CONJUNCTION' || node['type'] === 'OPERATOR_NOT';
  return isJoined ? childrenOf(node).flatMap(partsOf) : [node];
}

function* within(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* within(child);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

function offsetOf(node: Node): string | undefined {
  const value = node['class'] === 'CONSTANT' && isNode(node['value']) ? text(node['value']['value']).trim() : '';
  return OFFSET.test(value) ? value : undefined;
}

function isTime(node: Node, tables: readonly string[]): boolean {
  switch (node['class']) {
    case 'COLUMN_REF':
      return columnOf(node, tables)?.type === 'TIMESTAMP' || isNow(node);
    case 'CAST':
      return isNode(node['cast_type']) && TIMES.includes(text(node['cast_type']['id']));
    case 'FUNCTION':
      return isNow(node);
    default:
      return false;
  }
}
