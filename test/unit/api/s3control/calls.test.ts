/**
 * Goal: the official clients are answered as AWS answers them, and who may not ask is told so.
 * Method: captured requests replayed byte for byte against the app on a fake Temporal; answers compared as whole documents.
 */
import {
  ListTagsForResourceCommand,
  S3ControlClient,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-s3-control';
import { jobIdFor } from '../../../../api/jobs/job-identity';
import { snapshotOf, tally } from '../fake-gateway';
import { ACCOUNT } from '../test-app';
import {
  addJob,
  CAPTURED_JOB,
  DECLARATION,
  errorCode,
  replay,
  send,
  serveApp,
  serverUrl,
  signed,
  XMLNS,
} from './client';
import { captured } from './wire-fixture';

const context = serveApp();
const COPY_JOB = jobIdFor(ACCOUNT, 'tok-1');

describe('DescribeJob', () => {
  test('is the whole descriptor, in the order and form of the model', async () => {
    await replay('boto3-create-job-copy');
    context.gateway.set(
      COPY_JOB,
      snapshotOf('Suspended', {
        totalTasks: 10,
        tally: tally(6, 3, 1),
        activeSeconds: 12.7,
        priority: 5,
        statusUpdateReason: 'why <not>',
        failureReasons: [{ FailureCode: 'C', FailureReason: 'R' }],
        suspendedAt: '2026-11-22T11:59:00.000Z',
      }),
    );
    const { body, status } = await signed('GET', `/v20180820/jobs/${COPY_JOB}`);
    expect(status).toBe(200);
    const request = captured('boto3-create-job-copy').body.toString();
    expect(body).toContain(/<Manifest>.*<Fields>.*<\/Fields>/.exec(request)?.[0]);
    expect(body).toContain('<UnModifiedSinceConstraint>2026-10-01T12:34:56.789Z</UnModifiedSinceConstraint>');
    expect(body).toContain('<entry><key>b</key><value>2 &lt;&amp;&gt;</value></entry>');
    const shape = body
      .replace(/<Manifest>.*<\/Manifest>/, '[manifest]')
      .replace(/<Operation>.*<\/Operation>/, '[operation]')
      .replace(/<Report>.*<\/Report>/, '[report]');
    expect(shape).toBe(
      `${DECLARATION}<DescribeJobResult ${XMLNS}><Job><JobId>${COPY_JOB}</JobId><ConfirmationRequired>false</ConfirmationRequired>` +
        `<Description>job &lt;Description&gt;</Description><JobArn>arn:aws:s3:us-east-1:${ACCOUNT}:job/${COPY_JOB}</JobArn>` +
        '<Status>Suspended</Status>[manifest][operation]<Priority>5</Priority><ProgressSummary>' +
        '<TotalNumberOfTasks>10</TotalNumberOfTasks><NumberOfTasksSucceeded>6</NumberOfTasksSucceeded>' +
        '<NumberOfTasksFailed>3</NumberOfTasksFailed><Timers><ElapsedTimeInActiveSeconds>12</ElapsedTimeInActiveSeconds></Timers>' +
        '</ProgressSummary><StatusUpdateReason>why &lt;not&gt;</StatusUpdateReason>' +
        '<FailureReasons><member><FailureCode>C</FailureCode><FailureReason>R</FailureReason></member></FailureReasons>[report]' +
        '<CreationTime>2026-11-22T12:00:00Z</CreationTime><RoleArn>arn:aws:iam::123456789012:role/r</RoleArn>' +
        '<SuspendedDate>2026-11-22T11:59:00Z</SuspendedDate><SuspendedCause>AWAITING_CONFIRMATION</SuspendedCause></Job></DescribeJobResult>',
    );
  });

  test.each(['boto3-describe-job', 'cli-describe-job', 'js-describejob'])(
    '%s: NotFoundException, then the job',
    async (name) => {
      const missing = await replay(name);
      expect([missing.status, errorCode(missing)]).toEqual([404, 'NotFoundException']);
      addJob(context, captured(name).target.split('/').at(-1) ?? '');
      expect((await replay(name)).body).toContain('<Status>Active</Status>');
    },
  );

  test('counts the rows that have been found while the job is Preparing', async () => {
    const preparing = { read: 70, rows: 40, parts: 4, partsDone: 1 };
    addJob(context, CAPTURED_JOB, ACCOUNT, snapshotOf('Preparing', { preparing }));
    const { body } = await signed('GET', `/v20180820/jobs/${CAPTURED_JOB}`);
    expect(body).toContain('<TotalNumberOfTasks>40</TotalNumberOfTasks>');
  });

  test('does not tell of a job of another account', async () => {
    addJob(context, CAPTURED_JOB, '999999999999');
    expect(errorCode(await signed('GET', `/v20180820/jobs/${CAPTURED_JOB}`))).toBe('NotFoundException');
  });

  test('refuses an empty id, which the JS SDK sends, and a malformed one', async () => {
    for (const target of ['/v20180820/jobs/', '/v20180820/jobs/a%20b%20c', '/v20180820/jobs/abc']) {
      const answer = await signed('GET', target);
      expect([target, answer.status, errorCode(answer)]).toEqual([target, 400, 'BadRequestException']);
    }
  });
});

describe('ListJobs', () => {
  test('lists newest first, page by page', async () => {
    for (const id of ['job-1', 'job-2', 'job-3']) {
      addJob(context, id, ACCOUNT, snapshotOf('Active', { totalTasks: 5, tally: tally(2, 1) }));
    }
    addJob(context, 'job-x', '999999999999');
    addJob(context, 'job-4', ACCOUNT, snapshotOf('Complete'));
    const page = await signed('GET', '/v20180820/jobs?jobStatuses=Active&jobStatuses=Paused&maxResults=2');
    const token = /<NextToken>([^<]+)<\/NextToken>/.exec(page.body)?.[1] ?? '';
    const item = (id: string): string =>
      `<member><JobId>${id}</JobId><Operation>S3DeleteObjectTagging</Operation><Priority>10</Priority><Status>Active</Status>` +
      '<CreationTime>2026-11-22T11:00:00Z</CreationTime><ProgressSummary><TotalNumberOfTasks>5</TotalNumberOfTasks>' +
      '<NumberOfTasksSucceeded>2</NumberOfTasksSucceeded><NumberOfTasksFailed>1</NumberOfTasksFailed>' +
      '<Timers><ElapsedTimeInActiveSeconds>0</ElapsedTimeInActiveSeconds></Timers></ProgressSummary></member>';
    expect(page.body).toBe(
      `${DECLARATION}<ListJobsResult ${XMLNS}><NextToken>${token}</NextToken><Jobs>${item('job-3')}${item('job-2')}</Jobs></ListJobsResult>`,
    );
    expect(token).toMatch(/^[\w-]+$/);
    const last = await signed(
      'GET',
      `/v20180820/jobs?jobStatuses=Active&jobStatuses=Paused&maxResults=2&nextToken=${token}`,
    );
    expect(last.body).toBe(`${DECLARATION}<ListJobsResult ${XMLNS}><Jobs>${item('job-1')}</Jobs></ListJobsResult>`);
    const foreign = await signed('GET', `/v20180820/jobs?nextToken=${token}`);
    expect(errorCode(foreign)).toBe('InvalidNextTokenException');
    const damaged = await signed('GET', `/v20180820/jobs?jobStatuses=Active&jobStatuses=Paused&nextToken=${token}AA`);
    expect(errorCode(damaged)).toBe('InvalidNextTokenException');
  });

  test.each(['boto3-list-jobs', 'cli-list-jobs', 'js-listjobs'])('%s: its token is not ours', async (name) => {
    expect(errorCode(await replay(name))).toBe('InvalidNextTokenException');
  });

  test.each(['special-cli-snow', 'special-cli-proxy', 'js-endpointprovider-override', 'boto3-before-call-hook'])(
    '%s gets past signature and routing',
    async (name) => {
      const answer = await replay(name);
      // The captured job does not exist here; a listing is empty.
      expect(errorCode(answer) ?? 'listed').toMatch(/^(NotFoundException|listed)$/);
    },
  );

  test.each(['jobStatuses=Nope', 'maxResults=1001', 'maxResults=x'])('refuses %s', async (query) => {
    expect(errorCode(await signed('GET', `/v20180820/jobs?${query}`))).toBe('InvalidRequestException');
  });
});

describe('UpdateJobPriority', () => {
  test.each(['boto3-update-job-priority', 'js-updatejobpriority'])('%s', async (name) => {
    const { target } = captured(name);
    const [, jobId = '', priority = ''] = /jobs\/([^/]+)\/priority\?priority=(\d+)/.exec(target) ?? [];
    addJob(context, jobId);
    expect((await replay(name)).body).toBe(
      `${DECLARATION}<UpdateJobPriorityResult ${XMLNS}><JobId>${jobId}</JobId><Priority>${priority}</Priority></UpdateJobPriorityResult>`,
    );
    expect(context.gateway.signals).toEqual([[jobId, 'setPriority', Number(priority)]]);
  });

  test('refuses what is no priority, and an ended job', async () => {
    addJob(context, CAPTURED_JOB, ACCOUNT, snapshotOf('Complete'));
    expect(errorCode(await signed('POST', `/v20180820/jobs/${CAPTURED_JOB}/priority?priority=-1`))).toBe(
      'BadRequestException',
    );
    expect(errorCode(await signed('POST', `/v20180820/jobs/${CAPTURED_JOB}/priority?priority=1`))).toBe(
      'JobStatusException',
    );
  });
});

describe('UpdateJobStatus', () => {
  test.each(['cli-update-job-status', 'js-updatejobstatus'])('%s', async (name) => {
    const [, jobId = ''] = /jobs\/([^/]+)\//.exec(captured(name).target) ?? [];
    addJob(context, jobId);
    expect((await replay(name)).body).toBe(
      `${DECLARATION}<UpdateJobStatusResult ${XMLNS}><JobId>${jobId}</JobId><Status>Cancelled</Status>` +
        '<StatusUpdateReason>No longer needed &amp; more</StatusUpdateReason></UpdateJobStatusResult>',
    );
    expect(context.gateway.signals).toEqual([[jobId, 'cancel', 'No longer needed & more']]);
  });

  test('confirms a suspended job, and no other', async () => {
    const target = `/v20180820/jobs/${CAPTURED_JOB}/status?requestedJobStatus=Ready`;
    addJob(context, CAPTURED_JOB, ACCOUNT, snapshotOf('Suspended'));
    expect((await signed('POST', target)).body).toContain('<Status>Ready</Status>');
    const again = await signed('POST', target);
    expect([again.status, errorCode(again)]).toEqual([400, 'JobStatusException']);
    expect(context.gateway.signals).toHaveLength(1);
  });

  test('cancels from no terminal state, and accepts no other wish', async () => {
    addJob(context, CAPTURED_JOB, ACCOUNT, snapshotOf('Failed'));
    const base = `/v20180820/jobs/${CAPTURED_JOB}/status?requestedJobStatus=`;
    expect(errorCode(await signed('POST', `${base}Cancelled`))).toBe('JobStatusException');
    expect(errorCode(await signed('POST', `${base}Paused`))).toBe('BadRequestException');
  });
});

describe('who may ask', () => {
  test('refuses an account id that is none', async () => {
    const answer = await replay('boto3-bad-account');
    expect([answer.status, errorCode(answer)]).toEqual([400, 'BadRequestException']);
    const listing = await signed('GET', '/v20180820/jobs', '', { account: undefined });
    expect(errorCode(listing)).toBe('InvalidRequestException');
  });

  test('refuses the key of one account for another', async () => {
    const answer = await signed('GET', '/v20180820/jobs', '', { key: 'OTHER', secret: 'other-secret' });
    expect([answer.status, errorCode(answer)]).toEqual([403, 'AccessDenied']);
  });

  test('takes the account from the host where nothing else has it', async () => {
    addJob(context, CAPTURED_JOB);
    const path = `/v20180820/jobs/${CAPTURED_JOB}`;
    const from = (host: string, more = {}) => signed('GET', path, '', { account: undefined, host, ...more });
    expect((await from(`${ACCOUNT}.s3-control.us-east-1.amazonaws.com`)).status).toBe(200);
    expect((await from(`${ACCOUNT}.localhost:8800`)).status).toBe(200);
    const foreign = await from(`${ACCOUNT}.localhost`, { key: 'OTHER', secret: 'other-secret' });
    expect([foreign.status, errorCode(foreign)]).toEqual([403, 'AccessDenied']);
    const stranger = await from('999999999999.localhost');
    expect([stranger.status, errorCode(stranger)]).toEqual([403, 'AccessDenied']);
    for (const host of [ACCOUNT, `x${ACCOUNT}.localhost`, `x.${ACCOUNT}.localhost`, `0${ACCOUNT}.localhost`]) {
      expect(errorCode(await from(host))).toBe('BadRequestException');
    }
  });

  test('reads a plus in the query as a space', async () => {
    addJob(context, CAPTURED_JOB);
    expect((await replay('capo-update-job-status')).status).toBe(200);
    expect(context.gateway.signals.at(-1)).toEqual([CAPTURED_JOB, 'cancel', 'No longer needed & 1+1 more']);
  });

  test('refuses an unsigned request and a wrong secret', async () => {
    const unsigned = await send({
      method: 'GET',
      target: '/v20180820/jobs',
      rawHeaders: ['Host', 'h', 'x-amz-account-id', ACCOUNT],
      body: Buffer.alloc(0),
    });
    expect([unsigned.status, errorCode(unsigned)]).toEqual([403, 'AccessDenied']);
    const wrong = await signed('GET', '/v20180820/jobs', '', { secret: 'wrong' });
    expect([wrong.status, errorCode(wrong)]).toEqual([403, 'SignatureDoesNotMatch']);
  });
});

describe('everything else', () => {
  test.each([
    ['PUT', '/v20180820/jobs', 405, 'MethodNotAllowed'],
    ['GET', '/v20180820/jobs/abcde/foo', 404, 'NoSuchResource'],
    ['GET', '/v20180820/accesspoint', 404, 'NoSuchResource'],
  ])('%s %s', async (method, target, status, code) => {
    const answer = await signed(method, target);
    expect([answer.status, errorCode(answer)]).toEqual([status, code]);
  });

  test.each(['list', 'tag', 'untag'] as const)(
    'is told to the JavaScript SDK, which asks for the tags of a bucket with a key of the store: %s',
    async (call) => {
      const client = new S3ControlClient({
        region: 'snow',
        endpoint: serverUrl(),
        credentials: { accessKeyId: 'of-the-store', secretAccessKey: 'unknown-here' },
        maxAttempts: 1,
      });
      for (const ResourceArn of ['arn:aws:s3:::logs', `arn:aws:s3:us-east-1:${ACCOUNT}:job/${CAPTURED_JOB}`]) {
        const resource = { AccountId: ACCOUNT, ResourceArn };
        const sending = {
          list: () => client.send(new ListTagsForResourceCommand(resource)),
          tag: () => client.send(new TagResourceCommand({ ...resource, Tags: [{ Key: 'a', Value: 'b' }] })),
          untag: () => client.send(new UntagResourceCommand({ ...resource, TagKeys: ['a'] })),
        }[call]();
        await expect(sending).rejects.toMatchObject({
          name: 'MethodNotAllowed',
          $metadata: { httpStatusCode: 405 },
        });
      }
      client.destroy();
    },
  );

  test('says that Temporal is away', async () => {
    context.gateway.down = true;
    const answer = await signed('GET', '/v20180820/jobs');
    expect([answer.status, errorCode(answer)]).toEqual([503, 'ServiceUnavailable']);
  });

  test('keeps the cause of an internal error in the log', async () => {
    context.gateway.list = () => Promise.reject(new Error('secret cause'));
    const answer = await signed('GET', '/v20180820/jobs');
    expect([answer.status, errorCode(answer)]).toEqual([500, 'InternalServiceException']);
    expect(answer.body).not.toContain('secret cause');
    const id = answer.headers['x-amz-request-id'] ?? 'none';
    expect(context.logged.filter((line) => line.includes('secret cause') && line.includes(id))).toHaveLength(1);
  });
});
