/** Every regular expression of the sources, found by TypeScript's own parser. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

export interface FoundPattern {
  /** `storage/http/uri.ts:12` */
  readonly at: string;
  readonly source: string;
  readonly flags: string;
}

export interface FoundPatterns {
  readonly patterns: readonly FoundPattern[];
  /** Files that make some of what is not in the text of the file. */
  readonly made: readonly string[];
}

const ROOT = join(__dirname, '../..');
/** Tests read what they have written themselves. */
const LEFT_OUT = new Set(['node_modules', 'dist', 'test', 'coverage', 'docs', 'results']);
const EXTENSIONS = ['.ts', '.cjs', '.mjs'];

export function sourcePatterns(): FoundPatterns {
  const patterns: FoundPattern[] = [];
  const made: string[] = [];
  for (const path of sourceFiles(ROOT)) {
    const name = relative(ROOT, path);
    const file = ts.createSourceFile(name, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const found = patternOf(node, file);
      if (found === 'unknown') made.push(name);
      else if (found) {
        const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        patterns.push({ at: `${name}:${line}`, ...found });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { patterns, made };
}

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || LEFT_OUT.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (EXTENSIONS.some((extension) => entry.name.endsWith(extension))) yield path;
  }
}

type Pattern = Pick<FoundPattern, 'source' | 'flags'>;

function patternOf(node: ts.Node, file: ts.SourceFile): Pattern | 'unknown' | undefined {
  if (ts.isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/');
    return { source: node.text.slice(1, end), flags: node.text.slice(end + 1) };
  }
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return undefined;
  if (!ts.isIdentifier(node.expression) || node.expression.text !== 'RegExp') return undefined;
  const [source, flags = ''] = (node.arguments ?? []).map((argument) => constant(argument, file));
  return source === undefined || flags === undefined ? 'unknown' : { source, flags };
}

/** The text that an expression of texts and constants of the same file stands for. */
function constant(node: ts.Expression, file: ts.SourceFile): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) {
    const found = declaration(node.text, file);
    return found && constant(found, file);
  }
  const isRaw = ts.isTaggedTemplateExpression(node) && node.tag.getText(file) === 'String.raw';
  const template = isRaw ? node.template : node;
  const text = (part: ts.TemplateLiteralLikeNode): string => (isRaw ? (part.rawText ?? part.text) : part.text);
  if (ts.isNoSubstitutionTemplateLiteral(template)) return text(template);
  if (!ts.isTemplateExpression(template)) return undefined;
  const parts = template.templateSpans.map((span) => [constant(span.expression, file), text(span.literal)] as const);
  if (parts.some(([value]) => value === undefined)) return undefined;
  return text(template.head) + parts.flat().join('');
}

function declaration(name: string, file: ts.SourceFile): ts.Expression | undefined {
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement) || !(statement.declarationList.flags & ts.NodeFlags.Const)) continue;
    for (const { name: declared, initializer } of statement.declarationList.declarations) {
      if (ts.isIdentifier(declared) && declared.text === name) return initializer;
    }
  }
  return undefined;
}
