import type { Command } from 'commander';
import { defined } from '../../contracts/defined';
import type { JsonObject } from '../../contracts/job';
import { operationName } from '../../contracts/operation-element';
import type { PreviewTotals } from '../../contracts/preview';
import { reportText, requestFacts } from '../../contracts/text/request-text';
import { bytesText } from '../../contracts/text/text';
import { agreed } from '../ask';
import { action, type CommandContext, type Invocation, sourceIo } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { buildRequest, type CreateOptions } from '../options/create-request';
import { hasSource } from '../options/objects/source-options';
import { addJobOptions } from '../options/request-options';
import { count } from '../output';
import { type Fact, facts } from '../text/layout';
import { UsageError } from '../usage-error';
import { type Named, sourceNamed, splitOperands } from '../verbs/operands';
import { type Asked, type Given, type Verb, type VerbOptions, VERBS } from '../verbs/verb';
import { afterCreate } from '../watch-job';
import { previewTotals } from './preview';

interface Options extends CreateOptions, VerbOptions {
  readonly yes?: boolean;
  readonly wait?: boolean;
}

/** `drover copy s3://a/x/ s3://b/y/`, and the other verbs. */
export function addVerbCommands(program: Command, invocation: Invocation): void {
  for (const verb of VERBS) {
    const command = program
      .command(verb.name)
      .description(verb.description)
      .aliases(verb.aliases ?? [])
      .usage(`[options] [s3-source] ${verb.operands}`.trimEnd())
      .argument('[operands...]', 'source: s3://b/folder/, s3://b/folder/*.csv or s3://b/key; or name it by options');
    for (const [flag, description] of verb.flags ?? []) command.option(flag, description);
    addJobOptions(command)
      .option('--token <token>', 'idempotency token: the same token and request give the same job')
      .option('--yes', 'do not count the objects, and do not ask; it is asked on a terminal only')
      .option('--wait', 'follow the job until it ends; the exit code is 0 only if every task succeeded')
      .action(action<Options>(invocation, (context, operands, options) => run(verb, context, operands, options)));
  }
}

async function run(
  verb: Verb,
  context: CommandContext,
  operands: readonly string[],
  options: Options,
): Promise<ExitCode> {
  const given = givenOf(verb, operands, options);
  const asked = verb.ask(given);
  const request = await requestOf(asked, given.source, options, context);
  if (options.yes !== true) {
    const totals = await previewTotals(context, request);
    if (totals.objects === 0) {
      context.output.note('There are no such objects: no job was created');
      return EXIT.failed;
    }
    const shown = { isOneKey: given.source?.keys !== undefined, columns: context.output.terminal.stderr.columns };
    for (const line of planLines(request, totals, shown)) context.output.note(line);
    if (verb.isRisky && !(await agreed(context))) {
      context.output.note('No job was created');
      return EXIT.failed;
    }
  }
  const { jobId } = await context.api.createJob(request);
  return afterCreate(context, { jobId }, options.wait);
}

/** The last S3 URI is the target of verbs that have one, the one before it the source; or options name the source. */
function givenOf(verb: Verb, operands: readonly string[], options: Options): Given {
  const { uris, words } = splitOperands(operands);
  const [word] = words;
  if (word !== undefined && !verb.takesWords) {
    throw new UsageError(
      `'${word}' is no S3 URI such as s3://bucket/folder/: objects are in stores, and go from store to store`,
    );
  }
  // `--versions` goes with an operand, too.
  const { versions: _versions, ...ways } = options;
  const byOptions = hasSource(ways);
  const wantsTarget = verb.target === 'required' || (verb.target === 'optional' && (byOptions || uris.length > 1));
  const target = wantsTarget ? uris.pop() : undefined;
  if (verb.target === 'required' && target === undefined) {
    throw new UsageError('a target is required: s3://bucket/folder/');
  }
  const [source, other] = uris;
  if (other !== undefined) throw new UsageError(`one source at a time, not also ${other}: --from may be repeated`);
  if (source !== undefined && byOptions) {
    throw new UsageError(`${source} and an option that names a source cannot be combined`);
  }
  if (source === undefined && !byOptions) {
    throw new UsageError(
      target === undefined ? 'a source is required, such as s3://bucket/folder/' : 'a source and a target are required',
    );
  }
  return { source: source === undefined ? undefined : sourceNamed(source), target, words, options };
}

async function requestOf(
  { operation, parameters }: Asked,
  source: Named | undefined,
  options: Options,
  context: CommandContext,
): Promise<JsonObject> {
  if (source?.include !== undefined && options.include !== undefined) {
    throw new UsageError('a pattern and --include cannot be combined: name the folder alone');
  }
  const io = sourceIo(context);
  const from = source?.from === undefined ? options.from : [source.from];
  const asked = {
    ...options,
    ...defined({ from }),
    operation,
    parameters: JSON.stringify(parameters),
  };
  if (source?.keys !== undefined && options.versions !== undefined) {
    throw new UsageError('--versions goes with a folder');
  }
  const named = source?.keys === undefined ? undefined : { Source: source.keys };
  const request = (await buildRequest(asked, io, named)) as JsonObject;
  if (source?.include === undefined) return request;
  return { ...request, Filter: { ...(request['Filter'] as JsonObject | undefined), Include: [source.include] } };
}

function planLines(
  request: JsonObject,
  totals: PreviewTotals,
  { isOneKey, columns }: { readonly isOneKey: boolean; readonly columns: number | undefined },
): string[] {
  const { objects, bytes, deleteMarkers } = totals;
  const size = bytes === undefined ? '' : ` (${bytesText(bytes)})`;
  const report = reportText(request, undefined);
  const rows: Fact[] = [
    ['Operation', operationName(request['Operation'] as JsonObject)],
    ...requestFacts(request),
    ['Objects', isOneKey ? `${count(objects)}, named by its key; a folder ends with /` : `${count(objects)}${size}`],
    ['Delete markers', deleteMarkers === 0 ? undefined : count(deleteMarkers)],
    ['Report', report === 'none' ? `none: --report s3://bucket/folder keeps why a task fails` : report],
  ];
  return facts(rows, columns).split('\n');
}
