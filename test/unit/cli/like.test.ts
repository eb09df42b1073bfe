/**
 * Goal: a job like another has all that the other had but what the options change. Method: requests of former jobs with options.
 */
import type { CreateOptions } from '../../../cli/options/create-request';
import { likeRequest } from '../../../cli/options/like-request';
import type { JsonObject } from '../../../contracts/job';

const IO = { stdin: (async function* () {})(), putManifest: () => Promise.reject(new Error('nothing is sent')) };
const LOCATION = { ObjectArn: 'arn:aws:s3:::man/m.csv', ETag: 'e' };
const FORMER: JsonObject = {
  ClientRequestToken: 'former',
  ConfirmationRequired: true,
  Priority: 3,
  RoleArn: 'arn:aws:iam::123456789012:role/r',
  Operation: {
    S3PutObjectTagging: {
      TagSet: [
        { Key: 'team', Value: 'data' },
        { Key: 'by', Value: 'former' },
      ],
    },
    When: { ObjectSizeGreaterThanBytes: 5 },
  },
  Report: { Enabled: true, Bucket: 'arn:aws:s3:::rep', Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
  Manifest: { Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] }, Location: LOCATION },
  Filter: { Include: ['*.gz'], OlderThanSeconds: 60 },
  Limits: { Concurrency: 2, TasksPerSecond: 9 },
  Tags: [{ Key: 'k', Value: 'v' }],
};
const { ClientRequestToken: _token, Manifest, ...OTHERS } = FORMER;
const PRESENT = { ...OTHERS, Manifest: { ...(Manifest as JsonObject), Location: { ObjectArn: LOCATION.ObjectArn } } };

const like = (options: CreateOptions & { sameManifest?: boolean }, former = FORMER) => likeRequest(former, options, IO);

test('without changes: all but the token and the ETag', async () => {
  expect(await like({})).toEqual(PRESENT);
  expect(await like({ sameManifest: true })).toEqual({ ...OTHERS, Manifest });
});

test('several manifests are taken as they are now, too', async () => {
  const { Manifest: _manifest, ...others } = FORMER;
  const Manifests = { Spec: {}, Locations: [LOCATION, { Bucket: 'b', KeyPattern: '*.csv' }] };
  const { Source } = await like({}, { ...others, Source: { Manifests } });
  const Locations = [{ ObjectArn: LOCATION.ObjectArn }, { Bucket: 'b', KeyPattern: '*.csv' }];
  expect(Source).toEqual({ Manifests: { Spec: {}, Locations } });
  const prefixes = { Prefixes: [{ Bucket: 'b' }], Versions: 'All' };
  expect((await like({}, { ...others, Source: prefixes }))['Source']).toEqual(prefixes);
});

test.each<[CreateOptions, JsonObject]>([
  [
    { priority: '7', token: 't', description: 'd' },
    { Priority: 7, ClientRequestToken: 't', Description: 'd' },
  ],
  [{ concurrency: '8' }, { Limits: { Concurrency: 8, TasksPerSecond: 9 } }],
  [{ include: ['**/*.txt'] }, { Filter: { Include: ['**/*.txt'], OlderThanSeconds: 60 } }],
  [
    { reportScope: 'FailedTasksOnly' },
    { Report: { ...(FORMER['Report'] as JsonObject), ReportScope: 'FailedTasksOnly' } },
  ],
  [
    { set: ['TagSet.by=later', 'TagSet.new=1'] },
    {
      Operation: {
        S3PutObjectTagging: {
          TagSet: [
            { Key: 'team', Value: 'data' },
            { Key: 'by', Value: 'later' },
            { Key: 'new', Value: '1' },
          ],
        },
        When: { ObjectSizeGreaterThanBytes: 5 },
      },
    },
  ],
  [
    { operation: 'S3DeleteObjectTagging' },
    { Operation: { S3DeleteObjectTagging: {}, When: { ObjectSizeGreaterThanBytes: 5 } } },
  ],
  [
    { when: ['ObjectSizeLessThanBytes=9'] },
    {
      Operation: {
        S3PutObjectTagging: (FORMER['Operation'] as JsonObject)['S3PutObjectTagging']!,
        When: { ObjectSizeLessThanBytes: 9 },
      },
    },
  ],
])('%j', async (options, changed) => {
  expect(await like(options)).toEqual({ ...PRESENT, ...changed });
});

test('another source keeps the filter', async () => {
  const { Manifest: _manifest, ...others } = PRESENT;
  const Source = { Prefixes: [{ Bucket: 'herd', Prefix: '2027/' }] };
  expect(await like({ from: ['s3://herd/2027/'] })).toEqual({ ...others, Source });
});

test('a pipeline is changed as a whole', async () => {
  const former = { ...FORMER, Operation: { Pipeline: { Steps: [{ S3DeleteObjectTagging: {} }] } } };
  const changed = await like({ skipIfInDesiredState: true, when: ['ObjectSizeLessThanBytes=9'] }, former);
  expect(changed['Operation']).toEqual({
    ...former.Operation,
    When: { ObjectSizeLessThanBytes: 9 },
    SkipIfInDesiredState: true,
  });
  await expect(like({ set: ['TagSet.a=b'] }, former)).rejects.toThrow('The job has a pipeline');
});

test.each<[CreateOptions & { sameManifest?: boolean }, RegExp]>([
  [{ fields: 'Key' }, /--fields requires --manifest or --inventory/],
  [{ from: ['s3://b/'], sameManifest: true }, /--same-manifest cannot be combined with another source/],
])('%j', async (options, says) => {
  await expect(like(options)).rejects.toThrow(says);
});
