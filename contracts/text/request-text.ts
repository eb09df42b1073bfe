import { bucketOfArn, parseS3Arn } from '../arn';
import type { JobRequest, Json, JsonObject } from '../job';
import { operationName } from '../operation-element';
import { withoutTrailingSlashes } from './text';

/** A label, and a line or several. Undefined: nothing to say. */
type Fact = readonly [name: string, value: string | readonly string[] | undefined];

/** More of a list than a person reads before a decision; `--json` has them all. */
const LINES_MAX = 20;

/** What a job's request says it does, to which objects, and on which conditions. Members that are not known are shown as they are. */
export function requestFacts(request: JsonObject): Fact[] {
  return [...operationFacts(objectOf(request['Operation'])), ...sourceFacts(request), ...otherFacts(request)];
}

/** `s3://bucket/key` of an ARN, and any other text as it is. */
export function s3Text(arn: string): string {
  const { bucket, key = '' } = parseS3Arn(arn) ?? {};
  return bucket === undefined ? arn : `s3://${bucket}/${key}`.replace(/\/$/, '');
}

/** Where the report is, or will be. */
export function reportText(request: JsonObject, reportManifestKey: string | undefined): string {
  const report = objectOf(request['Report']) as Partial<JobRequest['Report']>;
  if (report.Enabled !== true) return 'none';
  const bucket = bucketOfArn(report.Bucket);
  const tasks = report.ReportScope === 'FailedTasksOnly' ? 'failed tasks only' : 'all tasks';
  if (reportManifestKey !== undefined) return `s3://${bucket}/${reportManifestKey} (${tasks})`;
  const prefix = withoutTrailingSlashes(report.Prefix ?? '');
  return `s3://${bucket}/${prefix === '' ? '' : `${prefix}/`} (${tasks})`;
}

/** Where objects go, of the operation or the first step that has a target: `s3://bucket/folder`. Undefined for none. */
export function targetText(element: JsonObject): string | undefined {
  const name = operationName(element);
  const { TargetResource, TargetKeyPrefix, Against, Steps } = objectOf(element[name]);
  if (typeof TargetResource === 'string') {
    return `${s3Text(TargetResource)}${typeof TargetKeyPrefix === 'string' ? `/${TargetKeyPrefix}` : ''}`;
  }
  if (Against !== undefined) return targetText({ Against });
  return (Array.isArray(Steps) ? Steps : [])
    .map((step: Json) => {
      const { AppliesTo: _applied, ...operation } = objectOf(step);
      return targetText(operation);
    })
    .find((one) => one !== undefined);
}

function operationFacts(element: JsonObject): Fact[] {
  const name = operationName(element);
  const { When, SkipIfInDesiredState } = element;
  const given = objectOf(element[name]);
  return [
    ...(name === 'Pipeline' ? stepFacts(given) : [['Parameters', membersText(given)] as const]),
    ['When', When === undefined ? undefined : membersText(objectOf(When))],
    ['Skips', SkipIfInDesiredState === true ? 'objects that the operation would not change' : undefined],
  ];
}

function stepFacts({ Steps, ...options }: JsonObject): Fact[] {
  const steps = Array.isArray(Steps) ? Steps : [];
  return [
    ...steps.map((step: Json, at): Fact => {
      const { AppliesTo, ...element } = objectOf(step);
      const name = operationName(element);
      const { [name]: parameters, ...conditions } = element;
      const applied = typeof AppliesTo === 'string' ? ` (applies to: ${AppliesTo})` : '';
      const lines = [...membersText(objectOf(parameters)), ...membersText(conditions)];
      return [`Step ${at + 1}`, [`${name}${applied}`, ...lines.map((line) => `  ${line}`)]];
    }),
    ['Pipeline', membersText(options)],
  ];
}

function sourceFacts(request: JsonObject): Fact[] {
  const { Manifest, ManifestGenerator, Source, Filter } = request;
  const own = objectOf(Source);
  const generator = objectOf(objectOf(ManifestGenerator)['S3JobManifestGenerator']);
  return [
    ['Manifest', Manifest === undefined ? undefined : manifestText(objectOf(Manifest))],
    ['Generator', ManifestGenerator === undefined ? undefined : membersText(generator)],
    ['Source', Source === undefined ? undefined : sourceLines(own)],
    ['Filter', Filter === undefined ? undefined : membersText(objectOf(Filter))],
  ];
}

function manifestText({ Spec, Location }: JsonObject): string[] {
  return [...placesText([Location ?? {}]), ...membersText(objectOf(Spec))];
}

function sourceLines(source: JsonObject): string[] {
  const { Prefixes, Keys, Manifests, ...others } = source;
  const manifests = objectOf(Manifests);
  return [
    ...placesText(Prefixes),
    ...placesText(Keys),
    ...placesText(manifests['Locations']),
    ...membersText(objectOf(manifests['Spec'])),
    ...membersText(others),
  ];
}

/** Prefixes, keys and manifests, each with what else is said of it. */
function placesText(places: Json | undefined): string[] {
  const all = Array.isArray(places) ? places : [];
  const lines = all.slice(0, LINES_MAX).map((place: Json) => {
    const { ObjectArn, Bucket, Prefix, Key, KeyPattern, ...others } = objectOf(place);
    const rest = [Prefix, Key, KeyPattern].find((one) => typeof one === 'string') ?? '';
    const where = typeof ObjectArn === 'string' ? s3Text(ObjectArn) : `s3://${scalar(Bucket ?? '')}/${scalar(rest)}`;
    const more = membersText(others);
    return more.length === 0 ? where : `${where} (${more.join(', ')})`;
  });
  return all.length <= LINES_MAX ? lines : [...lines, `… and ${all.length - LINES_MAX} more`];
}

function otherFacts(request: JsonObject): Fact[] {
  const { RoleArn, NotificationUrl, ConfirmationRequired } = request;
  return [
    ['Role', typeof RoleArn === 'string' ? RoleArn : undefined],
    ['Confirmation', ConfirmationRequired === true ? 'required' : undefined],
    ['Notifies', typeof NotificationUrl === 'string' ? NotificationUrl : undefined],
  ];
}

/** A line for each value, as `--set` takes it: `TagSet.team=data`. Buckets and objects are written `s3://…`. */
export function membersText(members: JsonObject): string[] {
  return shortened(Object.entries(members).flatMap(([name, value]) => valueLines(name, value)));
}

function valueLines(path: string, value: Json): string[] {
  if (Array.isArray(value)) return listLines(path, value);
  if (typeof value !== 'object' || value === null) return [`${path}=${scalar(value)}`];
  const inner = Object.entries(value).flatMap(([name, one]) => valueLines(`${path}.${name}`, one));
  return inner.length === 0 ? [`${path}={}`] : inner;
}

function listLines(path: string, values: readonly Json[]): string[] {
  if (values.length === 0) return [`${path}=[]`];
  if (values.every((one) => typeof one !== 'object')) return [`${path}=${values.map(scalar).join(', ')}`];
  return values.flatMap((one) => {
    const { Key, Value, ...others } = objectOf(one);
    const isTag = typeof Key === 'string' && typeof Value === 'string' && Object.keys(others).length === 0;
    return isTag ? [`${path}.${Key}=${Value}`] : [`${path}[]=${JSON.stringify(one)}`];
  });
}

function scalar(value: Json): string {
  return typeof value === 'string' ? s3Text(value) : JSON.stringify(value);
}

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= LINES_MAX) return [...lines];
  return [...lines.slice(0, LINES_MAX), `… and ${lines.length - LINES_MAX} more`];
}

export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
