/**
 * Goal: the command line tool sends what was meant, answers readably or as pure JSON, and its exit codes tell the truth.
 * Method: every command run in process against the real API app on a fake Temporal, listening on a port of its own.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectAccess } from '../../../api/jobs/object-access';
import { defined } from '../../../contracts/defined';
import type { JobStatus } from '../../../contracts/job';
import { snapshotOf, tally } from '../api/fake-gateway';
import { ROLE, testApp } from '../api/test-app';
import { type Ended, runCli, serveForCli } from './run-cli';

const OBJECTS: ObjectAccess = {
  resolveEtag: () => Promise.resolve('looked-up'),
  readReport: () =>
    Promise.resolve({
      bucket: 'rep',
      key: 'p/manifest.json',
      manifest: {
        Results: [{ TaskExecutionStatus: 'failed', Bucket: 'rep', Key: 'f.csv' }],
        NumberOfTasksSkipped: 1200,
      },
    }),

  keysAreRaw: () => Promise.resolve(false),

  reportFiles: async () => [],
  readReportRows: () =>
    Promise.resolve(
      (async function* () {
        yield Buffer.from('b,k,,failed,404,NoSuchKey,gone\n');
      })(),
    ),
};
const CREATE = ['create', '--operation', 'S3DeleteObjectTagging', '--manifest', 's3://man/dir/m.csv'];

const context = serveForCli(() => testApp({ objects: OBJECTS }));

function drover(argv: readonly string[], meanwhile?: () => void, stdin?: string): Promise<Ended> {
  return runCli(argv, { env: context.env, ...(meanwhile && { meanwhile }), ...defined({ stdin }) });
}

function onlyJob(): string {
  return [...context.gateway.jobs.keys()][0] ?? '';
}

function finish(status: JobStatus, succeeded: number, failed: number): () => void {
  let looks = 0;
  return () => {
    looks += 1;
    context.gateway.set(
      onlyJob(),
      looks < 3
        ? snapshotOf('Active', { totalTasks: 10, tally: tally(looks) })
        : snapshotOf(status, { totalTasks: 10, tally: tally(succeeded, failed) }),
    );
  };
}

describe('create', () => {
  test('builds the request from options', async () => {
    const ended = await drover([
      ...CREATE,
      '--etag',
      'e',
      '--fields',
      'Bucket,Key,VersionId',
      '--report',
      's3://rep/some/prefix/',
      '--report-scope',
      'FailedTasksOnly',
      '--role',
      ROLE,
      '--priority',
      '7',
      '--description',
      'd',
      '--token',
      't',
      '--confirm',
    ]);
    expect(ended).toEqual({ code: 0, stdout: `${onlyJob()}\n`, stderr: '' });
    expect(context.gateway.inputs[0]?.request).toEqual({
      ClientRequestToken: 't',
      ConfirmationRequired: true,
      Description: 'd',
      Priority: 7,
      RoleArn: ROLE,
      Operation: { S3DeleteObjectTagging: {} },
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
        Location: { ObjectArn: 'arn:aws:s3:::man/dir/m.csv', ETag: 'e' },
      },
      Report: {
        Enabled: true,
        Bucket: 'arn:aws:s3:::rep',
        Prefix: 'some/prefix',
        Format: 'Report_CSV_20180820',
        ReportScope: 'FailedTasksOnly',
      },
    });
  });

  test('sends limits, tags and a webhook', async () => {
    const options = ['--tasks-per-second', '0.5', '--concurrency', '3', '--failed-share', '0.1', '--after-tasks', '20'];
    const more = ['--tag', 'a=1', '--tag', 'b=x=y', '--notification-url', 'https://hooks.example/drover/1'];
    expect((await drover([...CREATE, ...options, ...more])).code).toBe(0);
    expect(context.gateway.inputs[0]?.request).toMatchObject({
      Limits: { TasksPerSecond: 0.5, Concurrency: 3, FailureThreshold: { FailedShare: 0.1, AfterTasks: 20 } },
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: 'x=y' },
      ],
      NotificationUrl: 'https://hooks.example/drover/1',
    });
  });

  test('takes parameters and requests from files and stdin', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drover-cli-'));
    try {
      const file = join(folder, 'tags.json');
      writeFileSync(file, '{"TagSet":[{"Key":"a","Value":"b"}]}');
      const operation = [
        'create',
        '--operation',
        'S3PutObjectTagging',
        '--parameters',
        `@${file}`,
        '--manifest',
        's3://man/m.csv',
      ];
      expect((await drover(operation)).code).toBe(0);
      const { request } = context.gateway.inputs[0] ?? {};
      expect(request?.Operation).toEqual({ S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } });
      expect(request?.Manifest?.Location.ETag).toBe('looked-up');
      const again = await drover(['create', '--request', '-', '--json'], undefined, JSON.stringify(request));
      expect(JSON.parse(again.stdout)).toEqual({ jobId: onlyJob() });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [['create']],
    [['create', '--operation', 'S3DeleteObjectTagging']],
    [[...CREATE, '--parameters', '{']],
    [[...CREATE, '--parameters', '@/no/such/file']],
    [[...CREATE, '--report', 'rep/prefix']],
    [[...CREATE, '--report-scope', 'AllTasks']],
    [[...CREATE, '--priority', 'high']],
    [[...CREATE, '--request', '-']],
    [[...CREATE, '--colour', 'red']],
    [['create', '--operation', 'X', '--manifest', 's3://only-a-bucket']],
    [['nonsense']],
    [['watch']],
    [['describe', '']],
    [['tags', '', '--clear']],
    [['list', '--status', 'Nope']],
    [['priority', 'job-1', 'high']],
    [[...CREATE, '--tag', 'novalue']],
    [[...CREATE, '--tag', 'a=1', '--tag', 'a=2']],
    [[...CREATE, '--tasks-per-second', 'fast']],
    [[...CREATE, '--failed-tasks', '1', '--failed-share', '0.5']],
    [[...CREATE, '--after-tasks', '1']],
    [['limits', 'job-1', '--concurrency', '1.5']],
    [['tags', 'job-1', '--set', '=x']],
  ])('%j is a usage error', async (argv) => {
    const ended = await drover(argv);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).not.toBe('');
    expect(context.gateway.inputs).toHaveLength(0);
  });

  test('passes on what the API refuses, in two lines', async () => {
    const ended = await drover(['create', '--operation', 'S3PutObjectNothing', '--manifest', 's3://m/k']);
    expect([ended.code, ended.stdout]).toEqual([1, '']);
    expect(ended.stderr).toMatch(/^drover: BadRequestException: Operation\.S3PutObjectNothing: no such .*\n.+\n$/);
  });
});

describe('create --wait and watch', () => {
  test.each<[JobStatus, number, number, number]>([
    ['Complete', 10, 0, 0],
    ['Complete', 9, 1, 1],
    ['Failed', 10, 0, 1],
    ['Cancelled', 10, 0, 1],
  ])('%s with %i succeeded and %i failed: exit code %i', async (status, succeeded, failed, code) => {
    const ended = await drover([...CREATE, '--wait', '--json'], finish(status, succeeded, failed));
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout)).toMatchObject({ jobId: onlyJob(), status, progress: { succeeded, failed } });
    expect(ended.stderr).toContain('10%, 1 of 10 tasks');
    const watched = await drover(['watch', onlyJob()]);
    expect(watched.code).toBe(code);
    expect(watched.stdout).toContain(`${status}: ${succeeded} succeeded, ${failed} failed of 10 tasks`);
    expect(watched.stdout.includes('ask for one with --report s3://bucket/folder')).toBe(failed > 0);
  });

  test('says how to confirm a suspended job', async () => {
    await drover(CREATE);
    context.gateway.set(onlyJob(), snapshotOf('Suspended', { totalTasks: 10 }));
    const ended = await drover(['watch', onlyJob()], finish('Complete', 10, 0));
    expect(ended.stderr).toContain(`drover confirm ${onlyJob()}`);
  });

  test('survives a short absence of the API', async () => {
    await drover(CREATE);
    const { port } = context.server.address() as AddressInfo;
    let looks = 0;
    const restart = (): void => {
      looks += 1;
      if (looks === 1) {
        context.server.closeAllConnections();
        context.server.close();
      }
      if (looks === 3) {
        context.gateway.set(onlyJob(), snapshotOf('Complete', { totalTasks: 1, tally: tally(1) }));
        context.server = createServer(context.app).listen(port, '127.0.0.1');
      }
    };
    expect((await drover(['watch', onlyJob()], restart)).code).toBe(0);
  });
});

describe('the other commands', () => {
  test('list and describe', async () => {
    await drover([...CREATE, '--description', 'first\u001b[2J', '--token', '1']);
    await drover([...CREATE, '--token', '2']);
    const listed = await drover(['list', '--max', '1']);
    expect(listed.stdout).toMatch(/^JOB ID +STATUS +OPERATION .*\n[0-9a-f-]{36} +New +S3DeleteObjectTagging/);
    const token = /--next-token (\S+)/.exec(listed.stderr)?.[1] ?? '';
    const rest = await drover(['list', '--max', '1', '--next-token', token, '--json']);
    expect(JSON.parse(rest.stdout)).toMatchObject({ jobs: [{ jobId: onlyJob() }] });
    const described = await drover(['describe', onlyJob()]);
    expect(described.stdout).toMatch(
      /^Job +[0-9a-f-]{36}\nDescription +first \[2J\nOperation +S3DeleteObjectTagging\nStatus +New\n/,
    );
    expect(JSON.parse((await drover(['--json', 'describe', onlyJob()])).stdout)).toMatchObject({
      jobId: onlyJob(),
      status: 'New',
    });
    expect((await drover(['list', '--status', 'Failed', 'Active'])).stdout).toBe('No jobs.\n');
  });

  test('pause and resume of all: what still works is waited for, and a new job begins paused', async () => {
    context.pauses.atWork = [2, 1, 0];
    const paused = await drover(['pause', '--all', '--reason', 'the store is moved']);
    expect(paused.stderr).toBe('');
    expect(paused.stdout).toBe(
      'All jobs are paused, new ones wait. No job sends requests any more.\nGo on with: drover resume --all\n',
    );
    expect(context.pauses.atWork).toEqual([]);
    await drover(CREATE);
    expect(context.gateway.inputs.at(-1)).toMatchObject({ pausedWithAll: true });
    expect((await drover(['resume', '--all'])).code).toBe(0);
    await drover(CREATE);
    expect(context.gateway.inputs.at(-1)).not.toHaveProperty('pausedWithAll');
    expect((await drover(['pause'])).code).toBe(2);
    expect((await drover(['pause', '--all', 'job'])).code).toBe(2);
  });

  test('pause, resume, confirm, priority, cancel', async () => {
    await drover(CREATE);
    const id = onlyJob();
    context.gateway.set(id, snapshotOf('Active'));
    expect((await drover(['pause', id, '--reason', 'lunch'])).stdout).toBe(`${id} Paused (lunch)\n`);
    expect(JSON.parse((await drover(['resume', id, '--json'])).stdout)).toMatchObject({ status: 'Active' });
    expect((await drover(['priority', id, '3'])).stdout).toContain('priority 3');
    context.gateway.set(id, snapshotOf('Suspended'));
    expect((await drover(['confirm', id])).stdout).toBe(`${id} Ready\n`);
    expect((await drover(['cancel', id])).stdout).toBe(`${id} Cancelled\n`);
    expect(await drover(['cancel', id])).toMatchObject({ code: 1, stdout: '' });
    expect(await drover(['describe', 'no-such-job'])).toMatchObject({ code: 1 });
  });

  test('cancel: waits for the end of it, or says what that waits for', async () => {
    await drover(CREATE);
    const id = onlyJob();
    const waitingFor = 'the report of what was done; no task runs any more: the store default: no answer since noon';
    context.gateway.set(id, snapshotOf('Cancelling', { waitingFor }));
    expect((await drover(['cancel', id])).stdout).toBe(`${id} Cancelling\nWaiting for ${waitingFor}\n`);
    expect(JSON.parse((await drover(['cancel', id, '--json'])).stdout)).toMatchObject({ status: 'Cancelling' });
    const ended = drover(['cancel', id], () => context.gateway.end(id, snapshotOf('Cancelled')));
    expect((await ended).stdout).toBe(`${id} Cancelled\n`);
  });

  test('limits: shows, adds to, and replaces them', async () => {
    await drover([...CREATE, '--concurrency', '3']);
    const id = onlyJob();
    expect((await drover(['limits', id])).stdout).toBe('3 tasks at a time\n');
    const changed = await drover(['limits', id, '--tasks-per-second', '20', '--failed-tasks', '0']);
    expect(changed.stdout).toBe(`${id} New, limits: 20 tasks/s, 3 tasks at a time, fails above 0 failed tasks\n`);
    const described = (await drover(['describe', id])).stdout;
    expect(described).toMatch(/^Limits +20 tasks\/s, 3 tasks at a time/m);
    const replaced = await drover(['limits', id, '--none', '--failed-share', '0.07', '--json']);
    expect(JSON.parse(replaced.stdout)).toMatchObject({ limits: { FailureThreshold: { FailedShare: 0.07 } } });
    expect((await drover(['limits', id])).stdout).toBe('fails above 7 % failed of at least 1000 tasks\n');
    expect((await drover(['limits', id, '--none'])).stdout).toContain('limits: none');
    expect(context.gateway.signals.map(([, signal, limits]) => [signal, limits])).toEqual([
      ['setLimits', { TasksPerSecond: 20, Concurrency: 3, FailureThreshold: { FailedTasks: 0 } }],
      ['setLimits', { FailureThreshold: { FailedShare: 0.07 } }],
      ['setLimits', {}],
    ]);
    const refused = await drover(['limits', id, '--tasks-per-second', '0']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('TasksPerSecond')]);
  });

  test('tags: shows, adds to, and removes them', async () => {
    await drover([...CREATE, '--tag', 'a=1']);
    const id = onlyJob();
    expect((await drover(['tags', id, '--set', 'b=2', 'a=3'])).stdout).toBe('KEY  VALUE\na    3\nb    2\n');
    expect((await drover(['describe', id])).stdout).toContain('a=3, b=2');
    expect(JSON.parse((await drover(['tags', id, '--clear', '--set', 'c=', '--json'])).stdout)).toEqual({
      jobId: id,
      tags: [{ Key: 'c', Value: '' }],
    });
    expect((await drover(['tags', id, '--clear'])).stdout).toBe('No tags.\n');
    expect((await drover(['tags', id])).stdout).toBe('No tags.\n');
  });

  test('say by whom a job is paused, and what a paused one waits for', async () => {
    await drover([...CREATE, '--concurrency', '3']);
    const waitingFor = 'workers: jobs of higher priority have them';
    const limits = { Concurrency: 3 };
    context.gateway.set(onlyJob(), snapshotOf('Paused', { pausedBy: 'priority', waitingFor, limits }));
    expect((await drover(['describe', onlyJob()])).stdout).toMatch(/^Status +Paused \(by priority\)$/m);
    const watched = await drover(['watch', onlyJob()], finish('Complete', 10, 0));
    expect(watched.stderr).toContain('Paused (by priority)');
    expect(watched.stderr).toContain(`limits: 3 tasks at a time, waiting for ${waitingFor}`);
    context.gateway.set(onlyJob(), snapshotOf('Paused', { pausedBy: 'priority' }));
    const refused = await drover(['resume', onlyJob()]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('resumes by itself')]);
  });

  test('report', async () => {
    await drover(CREATE);
    const shown = await drover(['report', onlyJob()]);
    expect(shown.stdout).toBe(
      's3://rep/p/manifest.json\nfailed  s3://rep/f.csv\n1,200 of the succeeded tasks were skipped\n',
    );
    expect((await drover(['report', onlyJob(), '--rows', 'failed'])).stdout).toBe('b,k,,failed,404,NoSuchKey,gone\n');
    expect((await drover(['report', onlyJob(), '--rows', 'failed', '--json'])).code).toBe(2);
  });

  test('help is no error', async () => {
    const ended = await drover(['--help']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Exit codes');
  });

  test('--version shows that of package.json, and nothing else', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await drover(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('the way to the API', () => {
  test('exits with 3 when nothing answers, when something else does, and when Temporal is away', async () => {
    context.gateway.down = true;
    expect((await drover(['list'])).code).toBe(3);
    const other = createServer((_request, response) => response.writeHead(404).end('<html>')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    context.env = { DROVER_API_URL: `http://127.0.0.1:${(other.address() as AddressInfo).port}` };
    expect((await drover(['list'])).code).toBe(3);
    await new Promise((resolve) => other.close(resolve));
    const refused = await drover(['list']);
    expect([refused.code, refused.stdout]).toEqual([3, '']);
    expect(refused.stderr).toMatch(
      /^drover: Cannot reach the Drover API at http:\S+ \(ECONNREFUSED\)\n.*DROVER_API_URL/,
    );
  });

  test('sends the key pair, and tells a wrong one from an absent API', async () => {
    context.env = { ...context.env, DROVER_ACCESS_KEY: 'AKIDEXAMPLE', DROVER_SECRET_KEY: 'secretsecret' };
    expect((await drover(['list'])).code).toBe(0);
    context.env = { ...context.env, DROVER_SECRET_KEY: 'wrong' };
    expect((await drover(['list'])).code).toBe(1);
    context.env = { DROVER_ACCESS_KEY: 'AKIDEXAMPLE' };
    expect((await drover(['list'])).code).toBe(2);
    context.env = { DROVER_API_URL: 'nonsense' };
    expect((await drover(['list'])).code).toBe(2);
  });
});
