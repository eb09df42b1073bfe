import type { Field } from '../../../form/field';
import { type Json, type JsonObject, listOf, objectOf, textOf, withMember } from '../../../form/json';
import { commandLine } from './shell';

/** What AWS's client must be told beside the request. */
export interface AwsContext {
  readonly apiUrl: string;
  /** Undefined: not known here. */
  readonly account: string | undefined;
  /** Whether AWS has the operation. */
  readonly isOfAws: (operation: string) => boolean;
  readonly parametersOf: (operation: string) => readonly Field[];
}

export interface AwsLine {
  readonly line: string;
  /** What a person has to fill in first: AWS's client asks for more than Drover does. */
  readonly fillIn: readonly string[];
}

export type AwsAnswer = AwsLine | { readonly refused: readonly string[] };

/** Members of CreateJob that AWS has, but for those that say which objects. */
const OF_AWS = ['ConfirmationRequired', 'Description', 'Operation', 'Priority', 'Report', 'RoleArn', 'Tags'];

/** The request as `aws s3control` sends it, or what of it that client can't write. */
export function awsLine(request: JsonObject, context: AwsContext): AwsAnswer {
  const source = awsSource(request);
  const refused = [...source.refused, ...refusedMembers(request), ...refusedOperation(request, context)];
  if (refused.length > 0) return { refused };
  const whole = {
    AccountId: context.account ?? ACCOUNT,
    ...source.members,
    // Both are asked for, and the first means true when it is absent.
    ConfirmationRequired: false,
    Priority: 10,
    Report: { Enabled: false },
    RoleArn: ROLE,
    ...Object.fromEntries(OF_AWS.flatMap((name) => (request[name] === undefined ? [] : [[name, request[name]]]))),
  };
  const text = JSON.stringify(whole, undefined, 2);
  const options = [
    ['--region', 'snow'],
    ['--endpoint-url', context.apiUrl],
    ['--cli-input-json', text],
  ];
  const fillIn = [ACCOUNT, ROLE, ETAG].filter((placeholder) => text.includes(JSON.stringify(placeholder)));
  return { line: commandLine(['aws', 's3control', 'create-job'], options), fillIn };
}

const ACCOUNT = 'THE ACCOUNT ID';
const ROLE = 'THE ROLE OF THE JOB';
const ETAG = 'THE ETAG OF THE MANIFEST';

function refusedMembers(request: JsonObject): readonly string[] {
  const elsewhere = ['Source', 'Manifest', 'ManifestGenerator', 'Filter'];
  return Object.keys(request).filter((name) => !OF_AWS.includes(name) && !elsewhere.includes(name));
}

function refusedOperation(request: JsonObject, { isOfAws, parametersOf }: AwsContext): readonly string[] {
  return Object.entries(objectOf(request['Operation'])).flatMap(([name, parameters]) => {
    if (!isOfAws(name)) return [name];
    const own = parametersOf(name).filter(({ help }) => help.startsWith('Drover only'));
    return own
      .filter((field) => objectOf(parameters)[field.name] !== undefined)
      .map((field) => `${name}.${field.name}`);
  });
}

interface AwsSource {
  readonly members: JsonObject;
  readonly refused: readonly string[];
}

/** Prefixes of one bucket are what AWS's generator lists, too. */
function awsSource({ Source, Manifest, ManifestGenerator, Filter }: JsonObject): AwsSource {
  if (Source !== undefined) return generatorOf(objectOf(Source), objectOf(Filter));
  const refused = Filter === undefined ? [] : ['Filter'];
  if (ManifestGenerator !== undefined) return { members: { ManifestGenerator }, refused };
  const { Spec, Location } = objectOf(Manifest);
  const own = Object.keys(objectOf(Spec)).filter((name) => name !== 'Format' && name !== 'Fields');
  const located = { ETag: ETAG, ...objectOf(Location) };
  const members = { Manifest: { Spec: Spec ?? {}, Location: located } };
  return { members, refused: [...refused, ...own.map((name) => `Manifest.Spec.${name}`)] };
}

/** Filters under the name and with the meaning that AWS has. */
const FILTERS = [
  'CreatedAfter',
  'CreatedBefore',
  'EligibleForReplication',
  'ObjectReplicationStatuses',
  'ObjectSizeGreaterThanBytes',
  'ObjectSizeLessThanBytes',
];

function generatorOf({ Prefixes, Versions, ...others }: JsonObject, filter: JsonObject): AwsSource {
  const places = listOf(Prefixes).map(objectOf);
  const buckets = new Set(places.map(({ Bucket }) => textOf(Bucket)));
  const [bucket] = buckets;
  const own = Object.keys(filter).filter((name) => !FILTERS.includes(name));
  const refused = [
    ...Object.keys(others).map((name) => `Source.${name}`),
    ...(Versions === undefined || Versions === 'Current' ? [] : ['Source.Versions']),
    ...(buckets.size > 1 ? ['Source.Prefixes of several buckets'] : []),
    ...own.map((name) => `Filter.${name}`),
  ];
  const prefixes = places.map(({ Prefix }) => textOf(Prefix));
  const named: Json | undefined = prefixes.includes('') ? undefined : { MatchAnyPrefix: prefixes };
  const Filter = withMember(filter, 'KeyNameConstraint', named);
  const generator = { SourceBucket: `arn:aws:s3:::${bucket ?? ''}`, EnableManifestOutput: false };
  const S3JobManifestGenerator = Object.keys(Filter).length === 0 ? generator : { ...generator, Filter };
  return { members: { ManifestGenerator: { S3JobManifestGenerator } }, refused };
}
