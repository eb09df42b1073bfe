import type { Command } from 'commander';
import { defined } from '../../contracts/defined';
import type { PreparingProgress } from '../../contracts/job';
import type { PreviewRow, PreviewTotals } from '../../contracts/preview';
import { preparingText } from '../../contracts/text/preparing-text';
import { action, type CommandContext, type Invocation, sourceIo } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { readRequest } from '../options/create-request';
import { ListFile } from '../options/objects/list-file';
import { addSourceOptions, sourceMembers, type SourceOptions } from '../options/objects/source-options';
import { count } from '../output';
import { takePreview } from '../text/preview-lines';
import { previewText } from '../text/preview-text';
import { UsageError } from '../usage-error';

interface PreviewOptions extends SourceOptions {
  readonly request?: string;
  readonly role?: string;
  readonly first?: string;
  readonly output?: string;
}

/** Members of a job request that a preview is of. */
const SOURCE_MEMBERS = ['RoleArn', 'Manifest', 'ManifestGenerator', 'Source', 'Filter'];

/** `drover preview …` */
export function addPreviewCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('preview')
    .description('Show which objects a source and its filter name, without creating a job')
    .option('--request <file>', 'the source of a job request in JSON; - is stdin');
  addSourceOptions(command)
    .option('--role <arn>', 'role that reads the source (default: the configured role)')
    .option('--first <number>', 'objects to show (default: 20, at most 1000)')
    .option('-o, --output <file>', 'write the whole list as a CSV manifest for create --manifest; - is stdout')
    .action(action<PreviewOptions>(invocation, (context, _operands, options) => preview(context, options)));
}

async function preview(context: CommandContext, options: PreviewOptions): Promise<ExitCode> {
  const { first, output: file } = options;
  if (first !== undefined && !/^\d{1,4}$/.test(first)) throw new UsageError('--first must be from 0 to 1000');
  if (file === '-' && context.output.json) throw new UsageError('--output - and --json cannot be combined');
  const request = {
    ...(await requestOf(options, context)),
    ...(first === undefined ? {} : { Rows: Number(first) }),
    ...(file === undefined ? {} : { List: true }),
  };
  if (file === undefined) await show(context, request);
  else await writeList(context, request, file, first === undefined ? 20 : Number(first));
  return EXIT.ok;
}

async function requestOf(
  { request, role, first: _first, output: _output, ...source }: PreviewOptions & { readonly json?: boolean },
  context: CommandContext,
): Promise<Record<string, unknown>> {
  const { json: _json, ...sourceOptions } = source;
  if (request === undefined) {
    const members = await sourceMembers(sourceOptions, sourceIo(context));
    return { ...defined({ RoleArn: role }), ...members };
  }
  const other = Object.values<unknown>({ ...sourceOptions }).find((value) => value !== undefined);
  if (other !== undefined) throw new UsageError('--request cannot be combined with options of a source');
  const given = Object.entries(await readRequest(request, context.stdin));
  const members = Object.fromEntries(given.filter(([name]) => SOURCE_MEMBERS.includes(name)));
  return { ...members, ...defined({ RoleArn: role }) };
}

/** How many objects a job's request names. Rejects with `ApiError`. */
export function previewTotals(
  context: CommandContext,
  request: Readonly<Record<string, unknown>>,
): Promise<PreviewTotals> {
  const members = Object.entries(request).filter(([name]) => SOURCE_MEMBERS.includes(name));
  const sink = { rows: () => undefined, restart: () => undefined };
  return read(context, { ...Object.fromEntries(members), Rows: 0 }, sink);
}

async function show(context: CommandContext, request: object): Promise<void> {
  let rows: readonly PreviewRow[] = [];
  const totals = await read(context, request, {
    rows: (given) => void (rows = given),
    restart: () => void (rows = []),
  });
  context.output.result({ totals, rows }, () => previewText(totals, rows));
}

async function writeList(context: CommandContext, request: object, file: string, first: number): Promise<void> {
  const list = await ListFile.open();
  let rows: PreviewRow[] = [];
  try {
    const totals = await read(context, request, {
      rows: async (given) => {
        rows.push(...given.slice(0, first - rows.length));
        await list.add(given);
      },
      restart: async () => {
        rows = [];
        await list.restart();
      },
    });
    if (list.rows !== totals.objects) throw new Error(`${list.rows} of ${totals.objects} rows have arrived`);
    await list.leave(file, context.output.terminal.stdout);
    if (file !== '-') context.output.result({ totals, rows, file }, () => previewText(totals, rows));
    context.output.note(useNote(list, file));
  } finally {
    await list.dispose();
  }
}

function useNote({ rows, hasVersions }: ListFile, file: string): string {
  const fields = hasVersions ? ' --fields Bucket,Key,VersionId --empty-version newest' : '';
  const use = rows === 0 ? '' : `: drover create --manifest ${file}${fields} …`;
  return `${count(rows)} objects in ${file === '-' ? 'the list' : file}${use}`;
}

async function read(
  { api, output }: CommandContext,
  request: object,
  sink: Pick<Parameters<typeof takePreview>[1], 'rows' | 'restart'>,
): Promise<PreviewTotals> {
  const { stderr } = output.terminal;
  const isShown = stderr.isTTY === true;
  let width = 0;
  const progress = (seen: PreparingProgress): void => {
    const text = preparingText(seen);
    if (isShown) stderr.write(`\r${text.padEnd(width)}`);
    width = Math.max(width, text.length);
  };
  try {
    return await takePreview(await api.preview(request), { ...sink, progress });
  } finally {
    if (isShown && width > 0) stderr.write(`\r${' '.repeat(width)}\r`);
  }
}
