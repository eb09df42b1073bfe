import type { Job, Schemas } from '../../client/api';

type Request = NonNullable<Job['request']>;

/** Which objects: the members of the request that say so. */
export function sourceOf({ Manifest, ManifestGenerator, Source, Filter }: Request): object {
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
