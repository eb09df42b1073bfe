import { createRequire } from 'node:module';
import type { Command } from 'commander';
import type * as Registry from '../../operations';
import type * as Describe from '../../operations/describe';
import type { OperationDefinition } from '../../operations/operation';
import { type Invocation } from '../context';
import { closest } from '../options/names';
import { operationNamed, operationNames } from '../options/operation-options';
import { Output } from '../output';
import { columnsOf, facts, fittedTable, wrapped } from '../text/layout';
import { UsageError } from '../usage-error';

/** `drover operations [name]`: from this program's own registry, so that it needs no API. */
export function addOperationsCommand(program: Command, invocation: Invocation): void {
  program
    .command('operations')
    .description('List all operations, or show one with its parameters and examples')
    .argument('[name]', 'operation name, or When for the members of a condition')
    .action((name: string | undefined, _options: object, command: Command) => {
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      const output = new Output(invocation.terminal, json === true);
      const { OPERATIONS } = registry();
      const columns = columnsOf(invocation.terminal);
      if (name === undefined) {
        output.result({ operations: OPERATIONS.map(summaryOf) }, () => listOf(OPERATIONS, columns));
      } else if (name.toLowerCase() === 'when') {
        const parameters = describe().describeCondition();
        output.result(
          { name, parameters },
          () => `The operation applies only to objects that meet all members.\n\n${rowsOf(parameters, columns)}`,
        );
      } else {
        const operation = find(name);
        output.result(detailsOf(operation), () => textOf(operation, columns));
      }
    });
}

/** What operations stand on takes long to load: other commands need not wait for it. */
function registry(): typeof Registry {
  return createRequire(__filename)('../../operations') as typeof Registry;
}

function describe(): typeof Describe {
  return createRequire(__filename)('../../operations/describe') as typeof Describe;
}

function find(name: string): OperationDefinition {
  const { OPERATIONS } = registry();
  const found = operationNamed(name, OPERATIONS);
  if (found !== undefined) return found;
  const near = closest(name, operationNames());
  const hint = near === undefined ? '; `drover operations` lists all' : `: did you mean ${near}?`;
  throw new UsageError(`unknown operation ${name}${hint}`);
}

function summaryOf(operation: OperationDefinition) {
  const { name, summary, call, reference, success, rerun } = operation;
  const { isOfAws, canSkip } = describe();
  const origin = isOfAws(operation) ? 'AWS' : 'Drover';
  return { name, origin, summary, call, reference, success, rerun, skipIfInDesiredState: canSkip(operation) };
}

function detailsOf(operation: OperationDefinition) {
  const parameters = describe().describeParameters(operation);
  return { ...summaryOf(operation), parameters, examples: operation.examples };
}

function listOf(operations: readonly OperationDefinition[], columns: number | undefined): string {
  const rows = operations.map((one) => {
    const { name, origin, summary, skipIfInDesiredState } = summaryOf(one);
    return [name, origin, skipIfInDesiredState ? 'yes' : '-', summary];
  });
  return fittedTable([['OPERATION', 'WHOSE', 'CAN SKIP', 'WHAT IT DOES'], ...rows], columns);
}

function textOf(operation: OperationDefinition, columns: number | undefined): string {
  const { name, summary, call, reference, success, rerun, origin, skipIfInDesiredState } = summaryOf(operation);
  const parameters = describe().describeParameters(operation);
  const known = facts(
    [
      ['Whose', origin === 'AWS' ? "AWS's" : "Drover's own"],
      ['Call', call],
      ['Success', success],
      ['Second run', rerun],
      ['Can skip', skipIfInDesiredState ? 'yes, with --skip-if-in-desired-state' : 'no'],
      ['Reference', reference],
    ],
    columns,
  );
  const examples = operation.examples.map(
    ({ title, parameters: given }) =>
      `${title}:\n  --operation ${name}${Object.keys(given).length === 0 ? '' : ` --parameters '${quoted(JSON.stringify(given))}'`}`,
  );
  const shown = parameters.length === 0 ? 'No parameters.' : rowsOf(parameters, columns);
  return [wrapped(`${name}: ${summary}`, columns).join('\n'), known, shown, ...examples].join('\n\n');
}

/** For a shell. */
function quoted(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}

function rowsOf(parameters: readonly Describe.ParameterDescription[], columns: number | undefined): string {
  const rows = describe()
    .flattened(parameters)
    .map(({ name, type, required, description }) => [name, type, required ? 'yes' : '', description]);
  return fittedTable([['PARAMETER', 'TYPE', 'REQUIRED', 'MEANING'], ...rows], columns);
}
