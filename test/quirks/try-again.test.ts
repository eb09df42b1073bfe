/**
 * Goal: what a store's words call passing is tried again, in tasks and where Drover writes for itself. Method: the first attempt at each call is
 * refused in such words; operations alone, and a whole job through its activities.
 */
import type { JsonObject } from '../../contracts/job';
import { type Quirk, quirk } from '../support/quirks';
import { firstAttempt } from '../support/quirks/kinds/d-try-again';
import { error } from '../support/quirks/quirk';
import { quirkBenches } from './bench/benches';
import { rowOf, SOURCE, TARGET } from './bench/quirk-bench';
import { runJob } from './bench/quirk-job';

const open = quirkBenches();
const COPY: JsonObject = { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${TARGET}` } };
const TAG: JsonObject = { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } };
const EDIT: JsonObject = { S3PutObjectMetadata: { CacheControl: 'max-age=60' } };

describe.each(['operation-aborted-409', 'conditional-conflict-409'])('%s', (name) => {
  test.each([[COPY], [TAG], [EDIT]])('%j of 100 objects', async (element) => {
    const bench = await open([quirk(name)]);
    const keys = Array.from({ length: 100 }, (_, index) => `object-${index}`);
    for (const key of keys) bench.here.seed(SOURCE, key);
    const outcomes = await Promise.all(keys.map((key) => bench.perform(element, rowOf(key))));
    expect(outcomes.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  });
});

describe('a job', () => {
  const aborted = (bucket: string, end = ''): Quirk =>
    firstAttempt('once', '', error(409, 'OperationAborted'), ({ method, path }) => {
      return method === 'PUT' && path.startsWith(`/${bucket}/`) && path.endsWith(end);
    });

  test.each([
    ['report file', aborted('reports', '.csv')],
    ['manifest.json', aborted('reports', 'manifest.json')],
    ['workspace', aborted('workspace')],
  ])('with one 409 OperationAborted: %s', async (_what, once) => {
    const bench = await open([once]);
    bench.here.seed(SOURCE, 'a');
    const ended = await runJob(bench, { operation: TAG, manifest: `${SOURCE},a\n` });
    expect(bench.fired).toBe(true);
    expect(ended).toEqual({ rows: [`${SOURCE},a,,succeeded,200,,Successful`] });
  });
});
