/**
 * Goal: while a source is read, the job tells rows, bytes, files and pages, each once, also where an attempt goes on with what another
 * has left. Method: the activities that prepare a job, on the in-memory store, and what they return.
 */
import { gzipSync } from 'node:zlib';
import type {
  Activities,
  PlannedSource,
  PreparedPart,
  PrepareManifestInput,
  PreparePartInput,
} from '../../../../contracts/engine/activities';
import type { JobRequest } from '../../../../contracts/job';
import { activityEnvironment } from '../../../support/activity-environment';
import { type JobFixture, jobFixture } from '../../../support/job-fixture';

const CSV = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } as const;
const FILES = ['source,a\nsource,b\n', 'source,c\n', 'source,d\nsource,e\n'].map((text) => gzipSync(text));
const BYTES = FILES.reduce((sum, { length }) => sum + length, 0);

function jobOf(source: (fixture: JobFixture) => Partial<JobRequest>): JobFixture {
  const fixture = jobFixture({ rows: 3, batchRows: 2 });
  Object.assign(fixture.request, source(fixture));
  delete (fixture.request as { Manifest?: unknown }).Manifest;
  return fixture;
}

async function read({ activities, job, createdAt, request, plan: how }: JobFixture) {
  const environment = activityEnvironment();
  const planned = await environment.run<[PrepareManifestInput], unknown, Activities['prepareManifest']>(
    activities.prepareManifest,
    { ...job, createdAt, request, plan: how },
  );
  const { plan, parts: count, files: filesTotal } = planned as PlannedSource;
  const parts: PreparedPart[] = [];
  const readPart = async (part: number): Promise<void> => {
    parts[part] = await environment.run<[PreparePartInput], PreparedPart, Activities['preparePart']>(
      activities.preparePart,
      { ...job, plan, part },
    );
  };
  for (let part = 0; part < count; part++) {
    await readPart(part);
    // It finds what the first has left.
    await readPart(part);
  }
  const sum = (member: 'read' | 'rows' | 'bytes' | 'files' | 'pages') =>
    parts.some((part) => part[member] !== undefined)
      ? parts.reduce((total, part) => total + (part[member] ?? 0), 0)
      : undefined;
  return {
    filesTotal,
    ...{ read: sum('read'), rows: sum('rows'), bytes: sum('bytes'), files: sum('files'), pages: sum('pages') },
  };
}

test.each([
  ['as they are', {}, 5],
  ['through a filter', { Filter: { Exclude: ['a'] } }, 4],
])('files, %s', async (_what, filter, rows) => {
  const fixture = jobOf(({ store }) => ({
    Source: {
      Manifests: {
        Spec: CSV,
        Locations: FILES.map((bytes, index) => ({
          ObjectArn: `arn:aws:s3:::manifests/${index}.csv.gz`,
          ETag: store.seed('manifests', `${index}.csv.gz`, bytes).etag,
        })),
      },
    },
    ...filter,
  }));
  expect(await read(fixture)).toEqual({ read: 5, rows, bytes: BYTES, files: 3, filesTotal: 3, pages: undefined });
});

test('a listing', async () => {
  const fixture = jobOf(() => ({ Source: { Prefixes: [{ Bucket: 'source' }] } }));
  const { pages, ...others } = await read(fixture);
  expect(others).toEqual({ read: 3, rows: 3, bytes: undefined, files: undefined, filesTotal: undefined });
  expect(pages).toBeGreaterThan(0);
});
