import { type Command, Option } from 'commander';
import { defined } from '../../../contracts/defined';
import type { PrefixSource } from '../../../contracts/source';
import { UsageError } from '../../usage-error';
import { collect } from '../collect';
import { choices } from '../names';
import { addFilterOptions, filterOf, type FilterOptions } from './filter-options';
import { csvOf, firstKeys, keysIn, keySource } from './key-list';
import { manifestMembers, type ManifestOptions } from './manifest-options';
import { s3Uri } from './s3-uri';
import { readFrom, sendOnce, type SourceIo } from './spool';

export interface SourceOptions extends ManifestOptions, FilterOptions {
  readonly from?: readonly string[];
  readonly versions?: string;
  readonly keysFrom?: string;
  readonly keysFrom0?: string;
  readonly bucket?: string;
  readonly fromJob?: string;
  readonly rows?: string;
}

const VERSIONS: Readonly<Record<string, NonNullable<PrefixSource['Versions']>>> = {
  current: 'Current',
  noncurrent: 'Noncurrent',
  all: 'All',
  'delete-markers': 'DeleteMarkers',
};

/** Options that say which objects a job works on. */
export function addSourceOptions(command: Command): Command {
  const described = command
    .option('--from <s3-uri>', 'objects below a prefix: s3://bucket/prefix; may be repeated', collect)
    .addOption(
      choices(
        new Option('--versions <which>', 'which versions below --from (default: current)'),
        Object.keys(VERSIONS),
      ),
    )
    .option(
      '--manifest <s3-uri>',
      'list of objects: s3://bucket/key, a pattern such as s3://bucket/lists/*.csv, a local file, or - for stdin; may be repeated',
      collect,
    )
    .option('--inventory <s3-uri>', 'S3 inventory, by its manifest.json; may be repeated', collect)
    .addOption(choices(new Option('--format <format>', 'format of --manifest (default: csv)'), ['csv', 'inventory']))
    .option('--manifest-version <id>', 'version of the manifest object')
    .option('--etag <etag>', 'ETag of the manifest (default: the present ETag)')
    .option('--fields <names>', 'columns of the manifest (default: Bucket,Key)')
    .addOption(
      choices(new Option('--key-encoding <encoding>', 'raw: + and % in keys mean themselves (default: url)'), [
        'url',
        'raw',
      ]),
    )
    .addOption(
      choices(new Option('--empty-version <meaning>', 'what an empty VersionId is (default: refuse, a failed row)'), [
        'refuse',
        'newest',
      ]),
    )
    .addOption(
      choices(new Option('--delete-markers <what>', 'those of an inventory (default: skip, they are left out)'), [
        'skip',
        'keep',
      ]),
    )
    .option('--keys-from <file>', 'keys of --bucket, one in each line as they are, not URL-encoded; - is stdin')
    .option('--keys-from0 <file>', 'the same, each key ended by NUL')
    .option('--bucket <name>', 'bucket of --keys-from')
    .option('--from-job <job-id>', "objects of a former job's report: see --rows")
    .addOption(
      choices(new Option('--rows <which>', 'rows of --from-job (default: failed)'), [
        'failed',
        'succeeded',
        'skipped',
        'all',
      ]),
    );
  return addFilterOptions(described);
}

/** The ways to say which objects, each by one flag of it. */
const WAYS = {
  from: '--from',
  manifest: '--manifest',
  inventory: '--inventory',
  keysFrom: '--keys-from',
  keysFrom0: '--keys-from0',
  fromJob: '--from-job',
} as const;

/** Options that go with some of the ways alone. */
const GO_WITH: readonly (readonly [option: keyof SourceOptions, flag: string, ways: readonly (keyof typeof WAYS)[]])[] =
  [
    ['versions', '--versions', ['from']],
    ['bucket', '--bucket', ['keysFrom', 'keysFrom0']],
    ['rows', '--rows', ['fromJob']],
    ['manifestVersion', '--manifest-version', ['manifest', 'inventory']],
    ['etag', '--etag', ['manifest', 'inventory']],
    ['format', '--format', ['manifest', 'inventory']],
    ['fields', '--fields', ['manifest', 'inventory']],
    ['keyEncoding', '--key-encoding', ['manifest', 'inventory']],
    ['emptyVersion', '--empty-version', ['manifest', 'inventory']],
    ['deleteMarkers', '--delete-markers', ['manifest', 'inventory']],
  ];

/** `Manifest` or `Source`, and `Filter`; lists that are too long for a request are sent to the API first. Throws `UsageError`. */
export async function sourceMembers(options: SourceOptions, io: SourceIo): Promise<Record<string, unknown>> {
  const way = wayOf(options);
  const Filter = filterOf(options);
  return { ...(await membersOf(way, options, io)), ...defined({ Filter }) };
}

/** True when one of the ways is given. Throws `UsageError` for options that would go with one. */
export function hasSource(options: SourceOptions): boolean {
  if ((Object.keys(WAYS) as (keyof typeof WAYS)[]).some((way) => options[way] !== undefined)) return true;
  for (const [option, flag, allowed] of GO_WITH) {
    if (options[option] === undefined) continue;
    throw new UsageError(`${flag} requires ${allowed.map((one) => WAYS[one]).join(' or ')}`);
  }
  return false;
}

function wayOf(options: SourceOptions): keyof typeof WAYS {
  const ways = (Object.keys(WAYS) as (keyof typeof WAYS)[]).filter((way) => options[way] !== undefined);
  const [way, other] = ways;
  if (way === undefined) {
    throw new UsageError('--from, --manifest, --inventory, --keys-from, --from-job or --request is required');
  }
  if (other !== undefined) throw new UsageError(`${WAYS[way]} and ${WAYS[other]} cannot be combined`);
  for (const [option, flag, allowed] of GO_WITH) {
    if (options[option] === undefined || allowed.includes(way)) continue;
    throw new UsageError(`${flag} requires ${allowed.map((one) => WAYS[one]).join(' or ')}`);
  }
  return way;
}

function membersOf(
  way: keyof typeof WAYS,
  options: SourceOptions,
  io: SourceIo,
): Promise<Record<string, unknown>> | Record<string, unknown> {
  const { from = [], versions = '', keysFrom = '', keysFrom0 = '', fromJob = '', rows = 'failed' } = options;
  switch (way) {
    case 'from':
      return { Source: prefixSource(from, VERSIONS[versions]) };
    case 'keysFrom':
      return keyMembers(keysFrom, '\n', options.bucket, io);
    case 'keysFrom0':
      return keyMembers(keysFrom0, '\0', options.bucket, io);
    case 'fromJob':
      return { Source: { FromJob: { JobId: fromJob, Rows: rows } } };
    case 'manifest':
    case 'inventory':
      return manifestMembers(options, io);
  }
}

function prefixSource(from: readonly string[], versions: PrefixSource['Versions']): PrefixSource {
  const Prefixes = from.map((one) => {
    const { bucket, key } = s3Uri(one, '--from');
    if (/[*?]/.test(key)) {
      throw new UsageError(`--from takes a prefix, not '${one}': patterns of keys go into --include`);
    }
    return key === '' ? { Bucket: bucket } : { Bucket: bucket, Prefix: key };
  });
  return { Prefixes, ...defined({ Versions: versions }) };
}

async function keyMembers(
  file: string,
  end: '\n' | '\0',
  bucket: string | undefined,
  io: SourceIo,
): Promise<Record<string, unknown>> {
  const flag = end === '\n' ? '--keys-from' : '--keys-from0';
  if (bucket === undefined) throw new UsageError(`${flag} requires --bucket`);
  const where = file === '-' ? 'stdin' : file;
  const keys = await firstKeys(keysIn(file === '-' ? io.stdin : readFrom(file), end, where));
  if (keys.first.length === 0) throw new UsageError(`${where} has no keys`);
  if (keys.rest === undefined) return { Source: keySource(bucket, keys.first) };
  return {
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: await sendOnce(csvOf(bucket, keys), where, io),
    },
  };
}
