/**
 * Goal: people see where a job's objects come from, in a line that stays short, and a schedule's dates stand where they are
 * meant. Method: requests with each source.
 */
import { folderOfJobs, jobFolder, jobSummary } from '../../../contracts/engine/job-start';
import type { JobInput, JobRequest, JobSnapshot } from '../../../contracts/job';
import type { JobTemplate } from '../../../contracts/schedule';
import type { JobSource } from '../../../contracts/source';
import { datedTemplate, datedTexts } from '../../../contracts/text/dated-template';
import { sourceText } from '../../../contracts/text/source-text';
import { jobDetails } from '../../../workflows/progress-details';
import { jobRequest } from '../api/test-app';

const { Manifest, ...OTHERS } = jobRequest();
const Spec = Manifest.Spec;

function generated(Filter?: object): JobRequest {
  const S3JobManifestGenerator = { SourceBucket: 'arn:aws:s3:::herd', EnableManifestOutput: false };
  const own = Filter === undefined ? S3JobManifestGenerator : { ...S3JobManifestGenerator, Filter };
  return { ...OTHERS, ManifestGenerator: { S3JobManifestGenerator: own } };
}

const from = (Source: JobSource, more: Partial<JobRequest> = {}): JobRequest => ({ ...OTHERS, Source, ...more });

test.each<[string, JobRequest]>([
  ['Manifest: man/manifest.csv', jobRequest()],
  ['Manifest: man/manifest.csv, filtered', jobRequest({ Filter: { KeyMatches: 'a' } })],
  ['Source: herd/', generated()],
  ['Source: herd/, filtered', generated({ CreatedAfter: '2026-01-01T00:00:00Z' })],
  ['Source: herd/logs/', from({ Prefixes: [{ Bucket: 'herd', Prefix: 'logs/' }] })],
  [
    'Source: herd/ and 1 more (versions: All), filtered',
    from({ Prefixes: [{ Bucket: 'herd' }, { Bucket: 'b' }], Versions: 'All' }, { Filter: { Select: 'x' } }),
  ],
  ['Source: keys: herd/cow and 999 more', from({ Keys: Array(1_000).fill({ Bucket: 'herd', Key: 'cow' }) })],
  ['Source: failed rows of job job-1', from({ FromJob: { JobId: 'job-1', Rows: 'failed' } })],
  [
    'Source: man/*.csv and 1 more',
    from({
      Manifests: { Spec, Locations: [{ Bucket: 'man', KeyPattern: '*.csv' }, { ObjectArn: 'arn:aws:s3:::man/a' }] },
    }),
  ],
])('%s', (expected, request) => {
  const { kind, text } = sourceText(request);
  expect(`${kind}: ${text}`).toBe(expected);
  const input = { request, account: 'a', plan: { operation: 'Op' } } as JobInput;
  const { line, details } = jobSummary(input);
  expect(line).toBe(`Op · ${text} · priority 10`);
  expect(details).toMatch(/^\| (Manifest|Source|Generator) \| \S/m);
  const snapshot = {
    status: 'Active',
    tally: {},
    chunksInFlight: [],
    failureReasons: [],
    limits: {},
  } as unknown as JobSnapshot;
  const shown = jobDetails(
    { ...input, plan: input.plan },
    { ...snapshot, tally: { succeeded: 0, failed: 0, pending: 0 } },
  );
  expect(shown).toMatch(/^\| (Manifest|Source|Generator) \| \S/m);
});

describe('dates in a template', () => {
  const DUE = new Date('2026-03-04T05:06:07Z');
  const template = (more: Partial<JobTemplate>): JobTemplate => ({ ...OTHERS, ...more });

  test('stand in all prefixes, ARNs and patterns', () => {
    const Source: JobSource = {
      Manifests: {
        Spec,
        Locations: [{ ObjectArn: 'arn:aws:s3:::man/{yyyy}.csv' }, { Bucket: '{yyyy}', KeyPattern: '{mm}/*' }],
      },
    };
    const Report = { Enabled: true, Prefix: '{dd}' };
    expect(datedTemplate(template({ Source, Report }), DUE)).toEqual({
      ...OTHERS,
      Source: {
        Manifests: {
          Spec,
          Locations: [{ ObjectArn: 'arn:aws:s3:::man/2026.csv' }, { Bucket: '{yyyy}', KeyPattern: '03/*' }],
        },
      },
      Report: { Enabled: true, Prefix: '04' },
    });
    const Prefixes = [{ Bucket: 'b', Prefix: '{HH}/' }, { Bucket: 'c' }];
    expect(datedTemplate(template({ Source: { Prefixes, Versions: 'All' } }), DUE).Source).toEqual({
      Prefixes: [{ Bucket: 'b', Prefix: '05/' }, { Bucket: 'c' }],
      Versions: 'All',
    });
  });

  test('stand in no keys', () => {
    const Source: JobSource = { Keys: [{ Bucket: 'b', Key: '{yyyy}' }] };
    expect(datedTemplate(template({ Source }), DUE).Source).toEqual(Source);
    expect([...datedTexts(template({ Source }))]).toEqual([]);
  });
});

test('the folder of all jobs, from that of one', () => {
  const workspace = { bucket: 'w', prefix: 'drover/jobs/' };
  expect(folderOfJobs(jobFolder(workspace, 'job-1'), 'job-1')).toEqual(workspace);
});
