import { defined } from '../../contracts/defined';
import type { Json, JsonObject } from '../../contracts/job';
import { objectOf } from '../../contracts/text/request-text';
import { UsageError } from '../usage-error';
import { changedMembers, type CreateOptions } from './create-request';
import { filterOf } from './objects/filter-options';
import { hasSource, sourceMembers } from './objects/source-options';
import type { SourceIo } from './objects/spool';
import { operationElement } from './operation-options';

/** Members that `Manifest`, `ManifestGenerator` and `Source` have in each other's place. */
const SOURCES = ['Manifest', 'ManifestGenerator', 'Source'];

/**
 * The request of a former job with what options change. Its manifests are taken as they are now, unless `sameManifest`. An option
 * replaces what it names: of the filter, the limits and the report these members, of the operation its parameters. Throws `UsageError`.
 */
export async function likeRequest(
  former: JsonObject,
  options: CreateOptions & { readonly sameManifest?: boolean },
  io: SourceIo,
): Promise<JsonObject> {
  const { ClientRequestToken: _token, ...given } = former;
  const kept = options.sameManifest === true ? given : (withoutEtags(given) as JsonObject);
  const Operation = await changedOperation(objectOf(kept['Operation']), options);
  const members = changedMembers(options, kept);
  const base = { ...kept, ...members, Operation };
  if (!hasSource(options)) {
    const Filter = { ...objectOf(kept['Filter']), ...filterOf(options) };
    return { ...base, ...(Object.keys(Filter).length === 0 ? {} : { Filter: Filter as unknown as Json }) };
  }
  if (options.sameManifest === true) throw new UsageError('--same-manifest cannot be combined with another source');
  const others = Object.fromEntries(Object.entries(base).filter(([name]) => !SOURCES.includes(name)));
  const { Filter = {}, ...source } = (await sourceMembers(options, io)) as JsonObject;
  const filter = { ...objectOf(kept['Filter']), ...objectOf(Filter) };
  return { ...others, ...source, ...(Object.keys(filter).length === 0 ? {} : { Filter: filter }) };
}

/** A manifest's ETag says which content is meant. */
function withoutEtags(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  const request = value as JsonObject;
  const { Manifest, Source } = request;
  const manifests = objectOf(objectOf(Source)['Manifests']);
  const locations = manifests['Locations'];
  return {
    ...request,
    ...(Manifest === undefined
      ? {}
      : { Manifest: { ...objectOf(Manifest), Location: withoutEtag(objectOf(Manifest)['Location']) } }),
    ...(Array.isArray(locations)
      ? { Source: { Manifests: { ...manifests, Locations: locations.map((one: Json) => withoutEtag(one)) } } }
      : {}),
  };
}

function withoutEtag(location: Json | undefined): JsonObject {
  const { ETag: _etag, ...others } = objectOf(location);
  return others;
}

async function changedOperation(former: JsonObject, options: CreateOptions): Promise<JsonObject> {
  const { When, SkipIfInDesiredState, ...main } = former;
  const { operation, pipeline, parameters, set, when, skipIfInDesiredState } = options;
  const conditions = {
    ...(When === undefined || when !== undefined ? {} : { When }),
    ...(SkipIfInDesiredState === undefined || skipIfInDesiredState !== undefined ? {} : { SkipIfInDesiredState }),
  };
  if (operation !== undefined || pipeline !== undefined) return { ...(await operationElement(options)), ...conditions };
  const [name = '', own = {}] = Object.entries(main)[0] ?? [];
  if (name === 'Pipeline') {
    if (parameters === undefined && set === undefined) {
      return { ...main, ...conditions, ...(await conditionsOf(options)) };
    }
    throw new UsageError('The job has a pipeline: --pipeline changes it, --set and --parameters do not');
  }
  const changed = {
    ...options,
    operation: name,
    parameters: parameters ?? JSON.stringify(cleared(objectOf(own), set)),
  };
  return { ...(await operationElement(changed)), ...conditions };
}

/** Without what `--set` names: it replaces. A list is replaced as a whole, a list of tags tag by tag. */
function cleared(parameters: JsonObject, set: readonly string[] = []): JsonObject {
  return set.reduce((members, pair) => without(members, pair.split('=')[0] ?? ''), parameters);
}

function without(members: JsonObject, path: string): JsonObject {
  const { [path]: _whole, ...others } = members;
  const dot = path.indexOf('.');
  if (dot < 0 || Object.hasOwn(members, path)) return others;
  const [name, rest] = [path.slice(0, dot), path.slice(dot + 1)];
  const value = members[name];
  if (value === undefined) return members;
  const left = Array.isArray(value)
    ? value.filter((one: Json) => objectOf(one)['Key'] !== rest)
    : without(objectOf(value), rest);
  return { ...members, [name]: left };
}

/** `When` and `SkipIfInDesiredState` of the options alone. */
async function conditionsOf(options: CreateOptions): Promise<JsonObject> {
  const { when, skipIfInDesiredState } = options;
  const only = {
    operation: 'any',
    ...defined({ when, skipIfInDesiredState }),
  };
  const { any: _any, ...conditions } = await operationElement(only);
  return conditions;
}
