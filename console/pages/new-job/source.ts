import type { Problem } from '../../form/check';
import { isSame, type Json, type JsonObject, listOf, objectOf, textOf, withMember } from '../../form/json';
import { type Place, placeIn, uriOfArn } from '../../parts/s3-uri';

/** The ways to say which objects. `json`: what none of the others can say. */
export const WAYS = ['prefixes', 'manifest', 'inventory', 'keys', 'job', 'json'] as const;
export type Way = (typeof WAYS)[number];

/** What stands in the inputs of a source; what was written for one way is kept while another is looked at. */
export interface SourceDraft {
  readonly way: Way;
  /** `s3://bucket/prefix`, one in each line. */
  readonly prefixes: string;
  /** Empty: current ones. */
  readonly versions: string;
  /** `s3://bucket/list.csv`, or a pattern, one in each line. */
  readonly manifests: string;
  /** A list that was sent to the API, in place of `manifests`. */
  readonly uploaded?: { readonly name: string; readonly location: JsonObject };
  /** Names of columns with commas between. */
  readonly columns: string;
  readonly keyEncoding: string;
  readonly emptyVersionId: string;
  readonly inventories: string;
  readonly deleteMarkers: string;
  readonly bucket: string;
  /** One in each line, as they are. */
  readonly keys: string;
  readonly jobId: string;
  readonly rows: string;
  readonly json: string;
}

export const NO_SOURCE: SourceDraft = {
  way: 'prefixes',
  prefixes: '',
  versions: '',
  manifests: '',
  columns: 'Bucket,Key',
  keyEncoding: '',
  emptyVersionId: '',
  inventories: '',
  deleteMarkers: '',
  bucket: '',
  keys: '',
  jobId: '',
  rows: 'failed',
  json: '',
};

/** Members of a request that say which objects; one of them stands in it. */
export const SOURCE_MEMBERS = ['Source', 'Manifest', 'ManifestGenerator'] as const;

/** As many keys as a request may have. */
const KEYS_MAX = 1_000;
const COLUMNS = ['Bucket', 'Key', 'VersionId', 'Ignore'];

export interface SourceResult {
  readonly members: JsonObject;
  /** By the name of the input, below `source`. */
  readonly problems: readonly Problem[];
}

/** The members of a request for what stands in the inputs. */
export function sourceOf(draft: SourceDraft): SourceResult {
  switch (draft.way) {
    case 'prefixes':
      return prefixSource(draft);
    case 'manifest':
      return manifestSource(draft);
    case 'inventory':
      return inventorySource(draft);
    case 'keys':
      return keySource(draft);
    case 'job':
      return jobSource(draft);
    case 'json':
      return jsonSource(draft);
  }
}

function good(members: JsonObject): SourceResult {
  return { members, problems: [] };
}

function bad(input: keyof SourceDraft, message: string): SourceResult {
  return { members: {}, problems: [{ path: `source.${input}`, message }] };
}

function prefixSource({ prefixes, versions }: SourceDraft): SourceResult {
  const lines = linesOf(prefixes);
  const places = lines.map(placeIn);
  const wrong = places.indexOf(undefined);
  if (wrong >= 0) return bad('prefixes', `${lines[wrong]} is not s3://bucket/prefix`);
  if (places.length === 0) return bad('prefixes', 'is required');
  const pattern = lines.find((line) => /[*?]/.test(line));
  if (pattern !== undefined) return bad('prefixes', `${pattern} is a pattern: patterns go into the filter's Include`);
  const Prefixes = (places as Place[]).map(({ bucket, key }) =>
    key === '' ? { Bucket: bucket } : { Bucket: bucket, Prefix: key },
  );
  return good({ Source: { Prefixes, ...(versions !== '' && { Versions: versions }) } });
}

function manifestSource({ manifests, uploaded, columns, keyEncoding, emptyVersionId }: SourceDraft): SourceResult {
  const Fields = columns.split(',').map((column) => column.trim());
  const unknown = Fields.find((column) => !COLUMNS.includes(column));
  if (unknown !== undefined) return bad('columns', `${unknown || 'an empty name'} is none of ${COLUMNS.join(', ')}`);
  if (!Fields.includes('Bucket') || !Fields.includes('Key')) return bad('columns', 'must have Bucket and Key');
  const Spec = {
    Format: 'S3BatchOperations_CSV_20180820',
    Fields,
    ...(keyEncoding !== '' && { KeyEncoding: keyEncoding }),
    ...(emptyVersionId !== '' && { EmptyVersionId: emptyVersionId }),
  };
  if (uploaded !== undefined) return good({ Manifest: { Spec, Location: uploaded.location } });
  return located(manifests, 'manifests', Spec);
}

function inventorySource({ inventories, deleteMarkers }: SourceDraft): SourceResult {
  const Spec = {
    Format: 'S3InventoryReport_CSV_20161130',
    ...(deleteMarkers !== '' && { DeleteMarkers: deleteMarkers }),
  };
  return located(inventories, 'inventories', Spec);
}

/** One object is a `Manifest`, as with AWS; several, or a pattern, are Drover's own. */
function located(text: string, input: 'manifests' | 'inventories', Spec: JsonObject): SourceResult {
  const Locations: JsonObject[] = [];
  for (const line of linesOf(text)) {
    const location = locationOf(line);
    if (location === undefined) return bad(input, `${line} is not s3://bucket/key`);
    Locations.push(location);
  }
  const [only] = Locations;
  if (only === undefined) return bad(input, 'is required');
  if (Locations.length === 1 && 'ObjectArn' in only) return good({ Manifest: { Spec, Location: only } });
  return good({ Source: { Manifests: { Spec, Locations } } });
}

function locationOf(line: string): JsonObject | undefined {
  if (line.startsWith('arn:')) return { ObjectArn: line };
  const place = placeIn(line);
  if (place === undefined || place.key === '') return undefined;
  if (/[*?]/.test(place.key)) return { Bucket: place.bucket, KeyPattern: place.key };
  return { ObjectArn: `arn:aws:s3:::${place.bucket}/${place.key}` };
}

function keySource({ bucket, keys }: SourceDraft): SourceResult {
  if (bucket.trim() === '') return bad('bucket', 'is required');
  // A space at the end of a key is a part of it.
  const names = keys.split(/\r?\n/).filter((key) => key !== '');
  if (names.length === 0) return bad('keys', 'is required');
  if (names.length > KEYS_MAX) {
    return bad(
      'keys',
      `has ${names.length} keys: more than ${KEYS_MAX} go into a CSV file, which is chosen under A list`,
    );
  }
  return good({ Source: { Keys: names.map((Key) => ({ Bucket: bucket.trim(), Key })) } });
}

function jobSource({ jobId, rows }: SourceDraft): SourceResult {
  if (jobId.trim() === '') return bad('jobId', 'is required');
  return good({ Source: { FromJob: { JobId: jobId.trim(), Rows: rows } } });
}

function jsonSource({ json }: SourceDraft): SourceResult {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch {
    return bad('json', 'must be JSON');
  }
  const names = Object.keys(objectOf(given));
  const [name] = names;
  if (names.length !== 1 || !SOURCE_MEMBERS.some((member) => member === name)) {
    return bad('json', `must be an object with one of ${SOURCE_MEMBERS.join(', ')}`);
  }
  return good(objectOf(given));
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * The inputs for a request's source. A manifest is taken as it is now: its ETag says which content was meant. What the inputs
 * can't say exactly stays JSON.
 */
export function draftOfSource(request: JsonObject): SourceDraft {
  const members = withoutEtags(
    Object.fromEntries(SOURCE_MEMBERS.flatMap((name) => (request[name] === undefined ? [] : [[name, request[name]]]))),
  );
  const json: SourceDraft = { ...NO_SOURCE, way: 'json', json: JSON.stringify(members, undefined, 2) };
  const said = inputsFor(members);
  return said !== undefined && isSame(sourceOf(said).members, members) ? said : json;
}

/** They may say less than the members do. */
function inputsFor({ Source, Manifest }: JsonObject): SourceDraft | undefined {
  const { Prefixes, Versions, Keys, Manifests, FromJob } = objectOf(Source);
  if (Prefixes !== undefined) {
    const lines = listOf(Prefixes).map(
      (one) => `s3://${textOf(objectOf(one)['Bucket'])}/${textOf(objectOf(one)['Prefix'])}`,
    );
    return { ...NO_SOURCE, way: 'prefixes', prefixes: lines.join('\n'), versions: textOf(Versions) };
  }
  if (Keys !== undefined) {
    const [first] = listOf(Keys);
    const names = listOf(Keys).map((one) => textOf(objectOf(one)['Key']));
    return { ...NO_SOURCE, way: 'keys', bucket: textOf(objectOf(first)['Bucket']), keys: names.join('\n') };
  }
  if (FromJob !== undefined) {
    const { JobId, Rows } = objectOf(FromJob);
    return { ...NO_SOURCE, way: 'job', jobId: textOf(JobId), rows: textOf(Rows) };
  }
  const { Spec, Locations, Location } = objectOf(Manifests ?? Manifest);
  return inputsForLists(objectOf(Spec), Location === undefined ? listOf(Locations) : [Location]);
}

function inputsForLists(Spec: JsonObject, locations: readonly Json[]): SourceDraft | undefined {
  const lines = locations
    .map(objectOf)
    .map(({ ObjectArn, Bucket, KeyPattern }) =>
      ObjectArn === undefined ? `s3://${textOf(Bucket)}/${textOf(KeyPattern)}` : uriOfArn(textOf(ObjectArn)),
    );
  if (lines.length === 0) return undefined;
  if (Spec['Format'] === 'S3InventoryReport_CSV_20161130') {
    const deleteMarkers = textOf(Spec['DeleteMarkers']);
    return { ...NO_SOURCE, way: 'inventory', inventories: lines.join('\n'), deleteMarkers };
  }
  return {
    ...NO_SOURCE,
    way: 'manifest',
    manifests: lines.join('\n'),
    columns: listOf(Spec['Fields']).map(textOf).join(','),
    keyEncoding: textOf(Spec['KeyEncoding']),
    emptyVersionId: textOf(Spec['EmptyVersionId']),
  };
}

function withoutEtags(members: JsonObject): JsonObject {
  const { Manifest, Source } = members;
  if (Manifest !== undefined) {
    const manifest = objectOf(Manifest);
    return {
      ...members,
      Manifest: { ...manifest, Location: withMember(objectOf(manifest['Location']), 'ETag', undefined) },
    };
  }
  const { Manifests } = objectOf(Source);
  if (Manifests === undefined) return members;
  const Locations = listOf(objectOf(Manifests)['Locations']).map((one) => withMember(objectOf(one), 'ETag', undefined));
  return { ...members, Source: { Manifests: { ...objectOf(Manifests), Locations } } };
}
