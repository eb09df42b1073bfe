/**
 * Goal: lists and counts of jobs are of exactly those that the filters name. Method: some jobs on a fake Temporal, asked for by REST.
 */
import request from 'supertest';
import { visibilityQuery } from '../../../../api/temporal/list-query';
import type { JobStatus } from '../../../../contracts/job';
import { NOW, snapshotOf, tally } from '../fake-gateway';
import { ACCOUNT, jobRequest, testApp, USER } from '../test-app';

const HOUR = 3_600_000;

/** Oldest first. */
const JOBS: readonly (readonly [name: string, status: JobStatus, failed: number])[] = [
  ['nightly logs', 'Complete', 2],
  ['photos to the archive', 'Complete', 0],
  ['Logs of May', 'Active', 0],
  ['restore', 'Paused', 1],
  ['clean up', 'Failed', 3],
];

function jobs() {
  const test = testApp();
  JOBS.forEach(([description, status, failed], index) => {
    const Operation = index === 3 ? { S3InitiateRestoreObject: {} } : { S3DeleteObjectTagging: {} };
    const Tags = [{ Key: 'team', Value: index < 2 ? 'a' : 'b=c' }];
    const memo = {
      request: jobRequest({ Description: description, Tags, Operation }),
      requestDigest: 'd',
      account: ACCOUNT,
      createdAt: new Date(NOW + index * HOUR).toISOString(),
      region: 'us-east-1',
    };
    const snapshot = snapshotOf(status, { totalTasks: 9, tally: tally(1, failed) });
    test.gateway.jobs.set(`${index}1111111-1111-4111-8111-111111111111`, {
      memo,
      execution: 'running',
      live: snapshot,
    });
  });
  return test;
}

async function listed(query: string): Promise<string[]> {
  const { body } = await request(jobs().app).get(`/api/jobs?${query}`).set(USER).expect(200);
  return (body.jobs as { description: string }[]).map(({ description }) => description);
}

test.each([
  ['', ['clean up', 'restore', 'Logs of May', 'photos to the archive', 'nightly logs']],
  ['search=LOGS', ['Logs of May', 'nightly logs']],
  ['search=31111111', ['restore']],
  ['search=initiaterestore', ['restore']],
  ['operations=S3InitiateRestoreObject', ['restore']],
  ['jobStatuses=Complete&jobStatuses=Failed&search=logs', ['nightly logs']],
  ['tags=team=a', ['photos to the archive', 'nightly logs']],
  ['tags=team=b=c&jobStatuses=Active', ['Logs of May']],
  ['tags=team=a&tags=team=b=c', []],
  [`createdFrom=${new Date(NOW + 3 * HOUR).toISOString()}`, ['clean up', 'restore']],
  [`createdBefore=${new Date(NOW + HOUR).toISOString()}`, ['nightly logs']],
])('%s', async (query, expected) => {
  expect(await listed(query)).toEqual(expected);
});

test('tags that an ended job has got since count, those it has lost do not', async () => {
  const test = jobs();
  const createdAt = new Date(NOW).toISOString();
  test.gateway.tagRecords.set('01111111-1111-4111-8111-111111111111', {
    tags: [{ Key: 'team', Value: 'new' }],
    jobCreatedAt: createdAt,
  });
  const ask = async (tag: string): Promise<number> =>
    ((await request(test.app).get(`/api/jobs?tags=${tag}`).set(USER)).body.jobs as object[]).length;
  expect([await ask('team=new'), await ask('team=a')]).toEqual([1, 1]);
});

test('a token is for its filters alone', async () => {
  const { app } = jobs();
  const first = await request(app).get('/api/jobs?search=logs&maxResults=1').set(USER);
  const next = `nextToken=${first.body.nextToken}`;
  expect((await request(app).get(`/api/jobs?search=logs&maxResults=1&${next}`).set(USER)).status).toBe(200);
  const other = await request(app).get(`/api/jobs?search=log&maxResults=1&${next}`).set(USER);
  expect([other.status, other.body.error.code]).toEqual([400, 'InvalidNextTokenException']);
});

test.each(['operations=S3Nothing', 'tags=novalue', 'createdFrom=yesterday', 'search='])(
  '%s is refused',
  async (query) => {
    const answer = await request(jobs().app).get(`/api/jobs?${query}`).set(USER);
    expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(query.split('=')[0]!)]);
  },
);

test('counts are by status, and say what an action would change among the listed', async () => {
  const { body } = await request(jobs().app).get('/api/job-counts').set(USER).expect(200);
  expect(body).toMatchObject({
    jobs: 5,
    byStatus: { Complete: 2, Active: 1, Paused: 1, Failed: 1, New: 0 },
    changeable: { pause: 1, resume: 1, cancel: 2, retry: 2 },
    isComplete: true,
  });
  const filtered = await request(jobs().app).get('/api/job-counts?search=logs&jobStatuses=Complete').set(USER);
  expect(filtered.body).toMatchObject({
    jobs: 1,
    byStatus: { Complete: 1, Active: 1, Paused: 0 },
    changeable: { pause: 0, resume: 0, cancel: 0, retry: 1 },
  });
});

test('Temporal is asked for what it can tell', () => {
  const query = visibilityQuery({
    account: ACCOUNT,
    statuses: ['Active', 'Paused'],
    operations: ['S3DeleteObject'],
    createdFrom: '2026-11-22T12:00:00.000Z',
    createdBefore: '2026-11-23T12:00:00.000Z',
    search: "x' OR '1'='1",
  });
  expect(query).toBe(
    `WorkflowType = 'jobWorkflow' AND DroverAccount = '${ACCOUNT}' AND (DroverStatus = 'Active' OR DroverStatus = 'Paused') AND (DroverOperation = 'S3DeleteObject') AND StartTime >= '2026-11-22T11:59:00.000Z' AND StartTime <= '2026-11-23T12:01:00.000Z'`,
  );
});
