import type { Job, Schemas } from '../../client/api';

type Request = NonNullable<Job['request']>;
type Members = Readonly<Record<string, unknown>>;

export interface Step {
  readonly name: string;
  readonly parameters: Members;
  /** Conditions and the like, which stand beside the operation. */
  readonly options: Members;
}

const OPTIONS = ['When', 'SkipIfInDesiredState', 'AppliesTo'];

/** The steps of a pipeline; of another operation, the one that it is. */
export function stepsOf(operation: Members): Step[] {
  const pipeline = operation['Pipeline'];
  if (isMembers(pipeline) && Array.isArray(pipeline['Steps'])) return pipeline['Steps'].filter(isMembers).map(stepOf);
  return [stepOf(operation)];
}

function stepOf(element: Members): Step {
  const entries = Object.entries(element);
  const [name = '', parameters] = entries.find(([member]) => !OPTIONS.includes(member)) ?? [];
  const options = Object.fromEntries(entries.filter(([member]) => OPTIONS.includes(member)));
  return { name, parameters: isMembers(parameters) ? parameters : {}, options };
}

/** Which objects: the members of the request that say so. */
export function sourceOf({ Manifest, ManifestGenerator, Source, Filter }: Request): Members {
  return Object.fromEntries(
    Object.entries({ Manifest, ManifestGenerator, Source, Filter }).filter(([, value]) => value !== undefined),
  );
}

/** The request for a schedule: without what was of this job alone, its token and the manifest as it was then. */
export function templateOf({ ClientRequestToken: _token, Manifest, ...rest }: Request): Template {
  if (Manifest === undefined) return rest;
  const { ETag: _etag, ObjectVersionId: _version, ...location } = Manifest.Location;
  return { ...rest, Manifest: { ...Manifest, Location: location } };
}

type Template = Schemas['CreateScheduleRequest']['template'];

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
