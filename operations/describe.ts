import { z } from 'zod';
import { OPERATIONS } from './index';
import type { Operation } from './operation';

/** One parameter as a person needs it: for the docs, the CLI's help and the console's form. */
export interface ParameterDescription {
  readonly name: string;
  /** `string`, `boolean`, `integer`, `number`, `list`, `structure`, `map`, or the values of an enumeration. */
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

interface MemberSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly not?: object;
  readonly properties?: object;
  readonly description?: string;
}

/** The parameters an operation takes; those it refuses by name are left out. */
export function describeParameters(operation: Operation): ParameterDescription[] {
  const schema = z.toJSONSchema(operation.parameters) as {
    readonly properties?: Readonly<Record<string, MemberSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(schema.properties ?? {})
    .filter(([, member]) => member.not === undefined)
    .map(([name, member]) => ({
      name,
      type: typeOf(member),
      required: schema.required?.includes(name) ?? false,
      description: member.description ?? '',
    }));
}

function typeOf(member: MemberSchema): string {
  if (member.enum !== undefined) return member.enum.join(', ');
  if (member.type === 'array') return 'list';
  if (member.type === 'object') return member.properties === undefined ? 'map' : 'structure';
  return member.type ?? 'string';
}

/** Markdown: one row per operation, then its parameters and examples. `docs/operations.md` holds it (see operationsPage). */
export function operationsTable(): string {
  const rows = OPERATIONS.map((operation) => [
    `[${operation.name}](#${operation.name.toLowerCase()})`,
    operation.call,
    operation.summary,
    operation.success,
    operation.rerun,
  ]);
  const overview = table(['Operation', 'Call', 'What it does', 'A task succeeds when', 'A second run'], rows);
  return [overview, ...OPERATIONS.map(section)].join('\n\n');
}

/** The whole of `docs/operations.md`. */
export function operationsPage(): string {
  const introduction = [
    '# Operations',
    '',
    'Generated from `operations/`: change it there.',
    '',
    'An operation is given as the one member of `Operation` in a job request. An unknown member, and a member that Drover',
    'can not carry out, is refused by name when the job is created. Tasks run at least once: after a crash an object may be',
    'worked on a second time, and the table says what that does. What a store refuses for one object stands in the completion',
    "report in the store's own words, and the job goes on.",
  ];
  return `${introduction.join('\n')}\n\n${operationsTable()}\n`;
}

function section(operation: Operation): string {
  const parameters = describeParameters(operation).map(({ name, type, required, description }) => [
    `\`${name}\``,
    type,
    required ? 'yes' : '',
    description,
  ]);
  const examples = operation.examples.map(
    ({ title, parameters: given }) =>
      `${title}:\n\n\`\`\`json\n${JSON.stringify({ [operation.name]: given }, null, 2)}\n\`\`\``,
  );
  return [
    `## ${operation.name}`,
    `${operation.summary}. Follows [the user guide](${operation.reference}).`,
    parameters.length === 0 ? 'It has no parameters.' : table(['Parameter', 'Type', 'Required', 'Meaning'], parameters),
    ...examples,
  ].join('\n\n');
}

/** Padded as prettier pads, so that formatting the docs does not change them. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [heads, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = heads.map((_head, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}
