import { type Command, Option } from 'commander';
import { defined } from '../../../contracts/defined';
import type { DuplicateRows, JobFilter } from '../../../contracts/source';
import { UsageError } from '../../usage-error';
import { collect } from '../collect';
import { bytesOf, secondsIn, timeIn } from '../quantities';
import { parseJson } from '../read-json';

export interface FilterOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly regex?: string;
  readonly olderThan?: string;
  readonly newerThan?: string;
  readonly largerThan?: string;
  readonly smallerThan?: string;
  readonly storageClass?: readonly string[];
  readonly select?: string;
  readonly selectBy?: keyof typeof SELECTS;
  readonly filter?: string;
  readonly duplicates?: keyof typeof DUPLICATES;
}

const DUPLICATES = { keep: 'Keep', count: 'Count', drop: 'Drop', refuse: 'Refuse' } as const satisfies Record<
  string,
  DuplicateRows
>;

const SELECTS = { drover: 'Drover', store: 'Store' } as const;

/** Options that say which objects of the source become tasks. */
export function addFilterOptions(command: Command): Command {
  return command
    .option(
      '--include <glob>',
      'only keys that match: * and ? do not match /, ** does; without / it is compared with what follows the last /; may be repeated',
      collect,
    )
    .option('--exclude <glob>', 'no keys that match; may be repeated', collect)
    .option('--regex <expression>', 'only keys in which the expression (RE2 syntax) is found')
    .option('--older-than <age>', 'only objects written longer ago: 30d, 12h, 2w; or before a date or time')
    .option('--newer-than <age>', 'only objects written since: 30d, 12h, 2w; or after a date or time')
    .option('--larger-than <size>', 'only larger objects: 500 (bytes), 10GB, 1MiB')
    .option('--smaller-than <size>', 'only smaller objects')
    .option('--storage-class <class>', 'only objects of this storage class; may be repeated', collect)
    .option('--select <expression>', "S3 Select expression or its WHERE part, such as 's.size > 1048576'")
    .addOption(
      new Option(
        '--select-by <who>',
        'store: the store of a CSV manifest or inventory does what it can of --select; otherwise drover',
      ).choices(Object.keys(SELECTS)),
    )
    .option(
      '--filter <json>',
      'members of Filter that have no option: \'{"When": {"MatchAllTags": [{"Key": "state", "Value": "new"}]}}\'',
    )
    .addOption(
      new Option(
        '--duplicates <what>',
        'rows that name an object a second time: keep, count, drop, or refuse the job; otherwise each is a task',
      ).choices(Object.keys(DUPLICATES)),
    );
}

/** Undefined when no option says anything. Throws `UsageError`. */
export function filterOf(options: FilterOptions): JobFilter | undefined {
  const { include, exclude, regex, largerThan, smallerThan, storageClass, select, selectBy, duplicates } = options;
  const filter: JobFilter = {
    ...ownMembers(options.filter),
    ...(include === undefined ? {} : { Include: include.flatMap(globsOf) }),
    ...(exclude === undefined ? {} : { Exclude: exclude.flatMap(globsOf) }),
    ...defined({ KeyMatches: regex }),
    ...ageOf(options.olderThan, '--older-than', 'OlderThanSeconds', 'CreatedBefore'),
    ...ageOf(options.newerThan, '--newer-than', 'NewerThanSeconds', 'CreatedAfter'),
    ...(largerThan === undefined ? {} : { ObjectSizeGreaterThanBytes: bytesOf(largerThan, '--larger-than') }),
    ...(smallerThan === undefined ? {} : { ObjectSizeLessThanBytes: bytesOf(smallerThan, '--smaller-than') }),
    ...defined({ MatchAnyStorageClass: storageClass, Select: select }),
    ...(selectBy === undefined ? {} : { SelectBy: SELECTS[selectBy] }),
    ...(duplicates === undefined ? {} : { Duplicates: DUPLICATES[duplicates] }),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}

/** What the API says of its members it says by their names. */
function ownMembers(json: string | undefined): JobFilter {
  if (json === undefined) return {};
  const given = parseJson(json, '--filter');
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  throw new UsageError('--filter must be a JSON object');
}

/** The API's globs are over whole keys. A name alone is meant wherever it lies. */
function globsOf(glob: string): string[] {
  return glob.includes('/') || glob.startsWith('**') ? [glob] : [glob, `**/${glob}`];
}

function ageOf(
  text: string | undefined,
  flag: string,
  age: 'OlderThanSeconds' | 'NewerThanSeconds',
  date: 'CreatedBefore' | 'CreatedAfter',
): JobFilter {
  if (text === undefined) return {};
  const seconds = secondsIn(text);
  if (seconds !== undefined) return { [age]: seconds };
  const time = timeIn(text);
  if (time !== undefined) return { [date]: time };
  throw new UsageError(
    `${flag} must be an age such as 30d, 12h or 2w, a date such as 2026-12-31 (UTC), or a time with a zone, not '${text}'`,
  );
}
