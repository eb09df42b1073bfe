import { isObject, isSame, type Json, type JsonObject, listOf, objectOf, textOf } from '../../../form/json';
import { placeOfArn, uriOf } from '../../../parts/s3-uri';
import { commandLine, quoted } from './shell';

/** Where the command line looks for the API by itself. */
const DEFAULT_API = 'http://127.0.0.1:8800';

/** The request as the command line makes it: by options, or as JSON where it has none that say the same. */
export function droverLine(request: JsonObject, apiUrl: string): string {
  const at = apiUrl === DEFAULT_API ? '' : `DROVER_API_URL=${quoted(apiUrl)} `;
  const options = optionsFor(request);
  if (options !== undefined) return `${at}${commandLine(['drover', 'create'], options)}`;
  return `${at}drover create --request - <<'JSON'\n${JSON.stringify(request, undefined, 2)}\nJSON`;
}

type Options = readonly (readonly string[])[];
/** The options for one member of a request; undefined when no options say the same. */
type Say = (value: Json) => Options | undefined;

const SAYS: Readonly<Record<string, Say>> = {
  Operation: (value) => operationOptions(objectOf(value)),
  Source: (value) => sourceOptions(objectOf(value)),
  Manifest: (value) => manifestOptions(objectOf(value)),
  Filter: (value) => [['--filter', JSON.stringify(value)]],
  Report: (value) => reportOptions(objectOf(value)),
  Limits: (value) => limitOptions(objectOf(value)),
  Tags: (value) => tagOptions(listOf(value)),
  RoleArn: (value) => [['--role', textOf(value)]],
  Priority: (value) => [['--priority', plain(value)]],
  Description: (value) => [['--description', textOf(value)]],
  NotificationUrl: (value) => [['--notification-url', textOf(value)]],
  ConfirmationRequired: (value) => (value === true ? [['--confirmation-required']] : []),
};

function optionsFor(request: JsonObject): Options | undefined {
  const said = Object.entries(request).map(([name, value]) => SAYS[name]?.(value));
  return said.includes(undefined) ? undefined : said.flatMap((options) => options ?? []);
}

function operationOptions({ When, SkipIfInDesiredState, ...operation }: JsonObject): Options | undefined {
  const [entry, ...others] = Object.entries(operation);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, parameters] = entry;
  const what =
    name === 'Pipeline'
      ? [['--pipeline', JSON.stringify(objectOf(parameters)['Steps'])]]
      : [['--operation', name], ...(isSame(parameters, {}) ? [] : [['--parameters', JSON.stringify(parameters)]])];
  return [
    ...what,
    ...(When === undefined ? [] : [['--when', JSON.stringify(When)]]),
    ...(SkipIfInDesiredState === true ? [['--skip-if-in-desired-state']] : []),
  ];
}

function sourceOptions({ Prefixes, Versions, FromJob, ...others }: JsonObject): Options | undefined {
  if (Object.keys(others).length > 0) return undefined;
  if (FromJob !== undefined) {
    const { JobId, Rows } = objectOf(FromJob);
    return [
      ['--from-job', textOf(JobId)],
      ['--rows', textOf(Rows)],
    ];
  }
  const uris = listOf(Prefixes)
    .map(objectOf)
    .map(({ Bucket, Prefix }) => uriOf({ bucket: textOf(Bucket), key: textOf(Prefix) }));
  // The command line takes these for patterns.
  if (uris.some((uri) => /[*?]/.test(uri))) return undefined;
  const versions = VERSIONS[textOf(Versions)];
  return [...uris.map((uri) => ['--from', uri]), ...(versions === undefined ? [] : [['--versions', versions]])];
}

const VERSIONS: Readonly<Record<string, string>> = {
  Current: 'current',
  Noncurrent: 'noncurrent',
  All: 'all',
  DeleteMarkers: 'delete-markers',
};

function manifestOptions({ Spec, Location }: JsonObject): Options | undefined {
  const { ObjectArn, ObjectVersionId, ETag } = objectOf(Location);
  const place = placeOfArn(textOf(ObjectArn));
  if (place === undefined || /[*?]/.test(place.key)) return undefined;
  const { Format, Fields, KeyEncoding, EmptyVersionId, DeleteMarkers } = objectOf(Spec);
  const fields = listOf(Fields).map(textOf).join(',');
  const options = {
    [Format === 'S3InventoryReport_CSV_20161130' ? '--inventory' : '--manifest']: uriOf(place),
    '--manifest-version': ObjectVersionId,
    '--etag': ETag,
    '--fields': fields === '' || fields === 'Bucket,Key' ? undefined : fields,
    '--key-encoding': lower(KeyEncoding),
    '--empty-version': lower(EmptyVersionId),
    '--delete-markers': lower(DeleteMarkers),
  };
  return given(options);
}

function reportOptions({
  Enabled,
  Bucket,
  Prefix,
  ReportScope,
  Format: _only,
  ...others
}: JsonObject): Options | undefined {
  if (Object.keys(others).length > 0) return undefined;
  if (Enabled !== true) return [];
  const place = placeOfArn(textOf(Bucket));
  const prefix = textOf(Prefix);
  if (place === undefined || place.key !== '' || prefix.endsWith('/')) return undefined;
  return given({
    '--report': uriOf({ bucket: place.bucket, key: prefix }),
    '--report-scope': ReportScope === 'AllTasks' ? undefined : ReportScope,
  });
}

function limitOptions({
  TasksPerSecond,
  BytesPerSecond,
  Concurrency,
  FailureThreshold,
  ...others
}: JsonObject): Options | undefined {
  if (Object.keys(others).length > 0) return undefined;
  const { FailedTasks, FailedShare, AfterTasks } = objectOf(FailureThreshold);
  const numbers = {
    '--tasks-per-second': TasksPerSecond,
    '--bytes-per-second': BytesPerSecond,
    '--concurrency': Concurrency,
    '--failed-tasks': FailedTasks,
    '--failed-share': FailedShare,
    '--after-tasks': AfterTasks,
  };
  // The command line takes plain decimals.
  const isPlain = Object.values(numbers).every((value) => value === undefined || /^\d+(\.\d+)?$/.test(plain(value)));
  return isPlain ? given(numbers) : undefined;
}

function tagOptions(tags: readonly Json[]): Options | undefined {
  const pairs = tags.filter(isObject).map(({ Key, Value }) => [textOf(Key), textOf(Value)] as const);
  // The first = ends the key.
  if (pairs.some(([key]) => key.includes('='))) return undefined;
  return pairs.map(([key, value]) => ['--tag', `${key}=${value}`]);
}

function given(options: Readonly<Record<string, Json | undefined>>): Options {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, plain(value)]]));
}

function lower(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function plain(value: Json): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
