import { globClass } from './glob-class';
import { PatternError } from './pattern-error';

/** What is read of a glob, and where the reader stands in it. */
interface Reader {
  readonly glob: string;
  at: number;
}

/**
 * A glob as RE2 syntax, to be matched against a whole key: `*` and `?` stand for characters other than `/`, `**` for any,
 * `[a-z]` and `[!a-z]` for one character other than `/`, `{a,b}` for either; a backslash takes the next character as it is.
 * Braces may stand in braces. The meaning is rclone's where rclone has one.
 *
 * @throws PatternError for a glob that is malformed: a brace or bracket without its other half would match what nobody meant.
 */
export function globSource(glob: string): string {
  const reader: Reader = { glob, at: 0 };
  return sequence(reader, 0);
}

function sequence(reader: Reader, depth: number): string {
  let source = '';
  while (reader.at < reader.glob.length) {
    const char = reader.glob[reader.at] ?? '';
    if (depth > 0 && (char === ',' || char === '}')) return source;
    source += term(reader, char, depth);
  }
  if (depth > 0) throw new PatternError('a { has no }; write \\{ for the character itself');
  return source;
}

function term(reader: Reader, char: string, depth: number): string {
  switch (char) {
    case '*':
      return stars(reader);
    case '?':
      reader.at += 1;
      return '[^/]';
    case '[': {
      const { source, end } = globClass(reader.glob, reader.at);
      reader.at = end;
      return source;
    }
    case '{':
      return alternatives(reader, depth);
    case ']':
    case '}':
      throw new PatternError(`a ${char} has no ${char === ']' ? '[' : '{'}; write \\${char} for the character itself`);
    case '\\':
      reader.at += 1;
      if (reader.at === reader.glob.length) throw new PatternError('a backslash stands at the end; write \\\\ for one');
      return literal(reader);
    default:
      return literal(reader);
  }
}

function stars(reader: Reader): string {
  const start = reader.at;
  while (reader.glob[reader.at] === '*') reader.at += 1;
  const count = reader.at - start;
  if (count > 2) throw new PatternError('more than two * stand together');
  return count === 2 ? '.*' : '[^/]*';
}

function alternatives(reader: Reader, depth: number): string {
  if (reader.glob.startsWith('{{', reader.at)) {
    throw new PatternError('{{…}} is no glob here; give regular expressions as KeyMatches');
  }
  const branches: string[] = [];
  do {
    reader.at += 1;
    branches.push(sequence(reader, depth + 1));
  } while (reader.glob[reader.at] === ',');
  reader.at += 1;
  return `(?:${branches.join('|')})`;
}

function literal(reader: Reader): string {
  const char = String.fromCodePoint(reader.glob.codePointAt(reader.at) ?? 0);
  reader.at += char.length;
  return quoted(char);
}

/** RE2 takes a backslash before ASCII punctuation for the character itself; any other character is no syntax. */
export function quoted(char: string): string {
  return /^[!-/:-@[-`{-~]$/.test(char) ? `\\${char}` : char;
}
