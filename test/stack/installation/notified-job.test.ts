/**
 * Goal: who is configured, and who the job names itself, hears of every status of a job, in order and signed; nobody else can be
 * named. Method: jobs through REST on the whole stack, with web servers that are the webhooks.
 */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobEvent } from '../../../contracts/engine/events';
import { notifierWorkflowId } from '../../../contracts/engine/naming';
import { type HttpStoreStub, type SeenRequest, startHttpStoreStub } from '../../support/servers/http-store-stub';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest } from '../../support/stack/jobs';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const JOB_SECRET = 'of jobs';

let drover: TestDrover;
let buckets: Buckets;
let ops: HttpStoreStub;
let team: HttpStoreStub;
let folder: string;
let source: string;

beforeAll(async () => {
  let refusals = 2;
  ops = await startHttpStoreStub((response, { url }) => {
    response.statusCode = url === '/all' && (refusals -= 1) >= 0 ? 503 : 204;
    response.end();
  });
  team = await startHttpStoreStub((response) => response.end());
  folder = mkdtempSync(join(tmpdir(), 'drover-notified-'));
  const file = join(folder, 'drover.config.yaml');
  const ends = { url: `${ops.endpoint}/ends`, secret: SECRET, statuses: ['Complete', 'Failed', 'Cancelled'] };
  const notifications = {
    webhooks: { ops: { url: `${ops.endpoint}/all`, secret: SECRET }, ends },
    jobWebhooks: { allow: [`${team.endpoint}/hooks/`], secret: JOB_SECRET },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ notifications }));
  ({
    drover,
    buckets,
    names: { source },
  } = await startDroverOnBuckets(['source'], { DROVER_CONFIG: file }));
  await buckets.putMany(source, ['a', 'b']);
  await buckets.put(source, 'manifest.csv', plainManifest(source, ['a', 'b']));
});
afterAll(async () => {
  await drover?.close();
  await Promise.all([ops?.close(), team?.close()]);
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function request(more: Record<string, unknown>) {
  return jobRequest({
    manifest: `${source}/manifest.csv`,
    operation: { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } },
    more: { RoleArn: drover.role, ...more },
  });
}

/** Each event once, in the order of first arrival; all of them are signed. */
function statusesAt(requests: readonly SeenRequest[], url: string, key: Buffer, jobId: string): string[] {
  const seen = new Map<string, string>();
  for (const one of requests.filter((request) => request.url === url)) {
    const event = JSON.parse(one.body.toString()) as JobEvent;
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = one.headers;
    const expected = createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.`)
      .update(one.body);
    expect(signature).toBe(`v1,${expected.digest('base64')}`);
    expect(event.detail.serviceEventDetails.jobId).toBe(jobId);
    expect(event.account).toBe(drover.account);
    seen.set(event.id, event.detail.serviceEventDetails.status);
  }
  return [...seen.values()];
}

test('a job that is confirmed tells of every status on its way', async () => {
  const url = `${team.endpoint}/hooks/x`;
  const { jobId } = await drover.api.createJob(request({ ConfirmationRequired: true, NotificationUrl: url }));
  await drover.reaches(jobId, 'Suspended');
  await drover.api.change(jobId, 'confirm');
  await drover.reaches(jobId, 'Complete');
  await drover.temporal.workflow.getHandle(notifierWorkflowId(jobId)).result();
  const way = ['New', 'Preparing', 'Suspended', 'Ready', 'Active', 'Completing', 'Complete'];
  const key = Buffer.from(SECRET.slice(6), 'base64');
  expect(statusesAt(ops.requests, '/all', key, jobId)).toEqual(way);
  expect(statusesAt(ops.requests, '/ends', key, jobId)).toEqual(['Complete']);
  expect(statusesAt(team.requests, '/hooks/x', Buffer.from(JOB_SECRET), jobId)).toEqual(way);
  // Two attempts were refused.
  expect(ops.requests.filter((one) => one.url === '/all')).toHaveLength(way.length + 2);
});

test.each(['/other', '/hooks/../other', '/hooks2', '/hooks/%2e%2e/other'])('a job may not bring %s', async (path) => {
  const creation = drover.api.createJob(request({ NotificationUrl: `${team.endpoint}${path}` }));
  await expect(creation).rejects.toMatchObject({ code: 'NotificationNotAllowed' });
});
