import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { SettingPath } from '../problems';

/** More aliases than this would be a bomb, not a configuration. */
const ALIASES_MAX = 100;

/** A YAML text, and where in it a setting stands. */
export interface YamlText {
  readonly value: unknown;
  /** The line of the setting, or of what encloses it, counted from 1. */
  lineOf(path: SettingPath): number | undefined;
}

export interface YamlFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The parser's own sentences quote what they stumbled over, and that may be a secret. */
const FAULTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag; a text that begins with * must be in quotes',
  BAD_ALIAS: 'unknown alias; a text that begins with * must be in quotes',
  BAD_DIRECTIVE: 'directives are not supported',
  BAD_DQ_ESCAPE: 'invalid escape sequence in double quotes',
  BAD_INDENT: 'wrong indentation',
  BAD_SCALAR_START: 'a text that begins with this character must be in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot begin here: indent it, or put the text in quotes',
  DUPLICATE_KEY: 'duplicate key',
  MISSING_CHAR: 'a colon, comma, space, quote or bracket is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line: a colon may be missing',
  MULTIPLE_DOCS: 'only one document is allowed',
  NON_STRING_KEY: 'keys must be texts',
  TAB_AS_INDENT: 'tabs cannot indent',
  TAG_RESOLVE_FAILED: 'tags are not supported; a text that begins with ! must be in quotes',
};

const TREE_FAULT = 'an alias leads to itself, there are too many, or a key is __proto__';

/** YAML 1.2 with its core types, unique keys, and no tags of its own. Gives the first fault where it is not. */
export function parseYaml(text: string): YamlText | { readonly fault: YamlFault } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    stringKeys: true,
    uniqueKeys: true,
    resolveKnownTags: false,
    prettyErrors: false,
    lineCounter: lines,
  });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // What follows the first is mostly its consequence.
  const [first] = [...document.errors, ...document.warnings, ...lostAliases(document)];
  if (first !== undefined) {
    return { fault: { ...at(first.pos[0]), message: FAULTS[first.code] ?? 'this is not valid YAML' } };
  }
  try {
    return {
      value: checked(document.toJS({ maxAliasCount: ALIASES_MAX })),
      lineOf: (path) => {
        const offset = offsetOf(document, path);
        return offset === undefined ? undefined : at(offset).line;
      },
    };
  } catch {
    return { fault: { line: 1, column: 1, message: TREE_FAULT } };
  }
}

function lostAliases(document: Document): { code: ErrorCode; pos: readonly [number, ...number[]] }[] {
  const lost: { code: ErrorCode; pos: readonly [number] }[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined) lost.push({ code: 'BAD_ALIAS', pos: [alias.range?.[0] ?? 0] });
    },
  });
  return lost;
}

/**
 * An anchor whose content has its own alias makes a value that never ends; a key `__proto__` would be dropped without a word
 * by what reads the value.
 */
function checked(value: unknown, above: readonly unknown[] = []): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value) || Object.hasOwn(value, '__proto__')) throw new Error('not a plain tree');
  for (const child of Object.values(value)) checked(child, [...above, value]);
  return value;
}

function offsetOf(document: Document, path: SettingPath): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!isScalar(pair?.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = rangeStart(node) ?? offset;
    } else break;
  }
  return offset;
}

function rangeStart(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}
