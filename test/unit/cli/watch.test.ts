/**
 * Goal: a watch outlasts what passes and ends with what does not, and a failed job shows why and what to do. Method: the commands
 * in process against the real API app on a fake Temporal that goes away.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ObjectAccess } from '../../../api/jobs/object-access';
import { run } from '../../../cli/run';
import { snapshotOf, tally } from '../api/fake-gateway';
import { type TestApp, testApp, USER_VARIABLES } from '../api/test-app';

const CREATE = ['create', '--operation', 'S3DeleteObjectTagging', '--manifest', 's3://man/dir/m.csv'];
const OBJECTS: ObjectAccess = {
  resolveEtag: () => Promise.resolve('looked-up'),
  readReport: () => Promise.reject(new Error('not asked for')),
  keysAreRaw: () => Promise.resolve(false),
  reportFiles: async () => [],
  readReportRows: () => Promise.resolve(Readable.from([Buffer.from('b,k,,failed,404,NoSuchKey,gone\nb,l,,failed')])),
};

let context: TestApp;
let server: Server;
let env: Record<string, string>;

beforeEach(async () => {
  context = testApp({ objects: OBJECTS });
  server = createServer(context.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  env = { ...USER_VARIABLES, DROVER_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** `meanwhile` happens between two looks of a watch. */
async function drover(argv: string[], meanwhile: () => void = () => undefined) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const sleep = (): Promise<void> => {
    meanwhile();
    return Promise.resolve();
  };
  const code = await run(argv, { terminal: { stdout, stderr }, stdin: Readable.from([]), env, sleep });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { code, stdout: out, stderr: err };
}

function onlyJob(): string {
  const [jobId = ''] = context.gateway.jobs.keys();
  return jobId;
}

describe('create --wait and watch, while Temporal is away', () => {
  const away = (looks: number): (() => void) => {
    let seen = 0;
    return () => {
      seen += 1;
      context.gateway.down = seen <= looks;
      if (seen === looks + 1) {
        context.gateway.set(onlyJob(), snapshotOf('Complete', { totalTasks: 1, tally: tally(1) }));
      }
    };
  };

  test.each([['watch'], ['create']])('%s goes on, and says so once', async (command) => {
    let argv = [...CREATE, '--wait'];
    if (command === 'watch') {
      await drover(CREATE);
      argv = ['watch', onlyJob()];
    }
    const { code, stderr } = await drover(argv, away(5));
    expect(code).toBe(0);
    expect(stderr.match(/Temporal does not answer: trying again for up to 1h 00m/g)).toHaveLength(1);
    expect(stderr).toMatch(/The API answers again/);
  });

  test('a job that was just created is watched although the first look finds nobody', async () => {
    const { start } = context.gateway;
    jest.spyOn(context.gateway, 'start').mockImplementation(async (...given) => {
      const started = await start.apply(context.gateway, given);
      context.gateway.down = true;
      return started;
    });
    expect((await drover([...CREATE, '--wait'], away(2))).code).toBe(0);
  });

  test('a first look of watch that finds nobody ends it: the address may be wrong', async () => {
    await drover(CREATE);
    context.gateway.down = true;
    expect((await drover(['watch', onlyJob()])).code).toBe(3);
  });

  test('ends after an hour, with the reason', async () => {
    await drover(CREATE);
    const clock = jest.spyOn(performance, 'now');
    let ms = 0;
    clock.mockImplementation(() => ms);
    try {
      const { code, stderr } = await drover(['watch', onlyJob()], () => {
        context.gateway.down = true;
        ms += 600_000;
      });
      expect(code).toBe(3);
      expect(stderr.match(/trying again/g)).toHaveLength(6);
      expect(stderr).toMatch(/drover: ServiceUnavailable: /);
    } finally {
      clock.mockRestore();
    }
  });

  test('ends at once for anything else', async () => {
    await drover(CREATE);
    const { code, stderr } = await drover(['watch', onlyJob()], () => context.gateway.jobs.clear());
    expect([code, stderr]).toEqual([1, expect.stringContaining('NotFoundException')]);
  });
});

describe('a failed job', () => {
  const reason = { FailureCode: 'ReportNotWritable', FailureReason: 'PutObject in bucket r: 403 AccessDenied' };

  test('shows reason and advice in describe, watch and create --wait', async () => {
    const fail = (): void => {
      const jobId = [...context.gateway.jobs.keys()].at(-1) ?? '';
      context.gateway.end(jobId, snapshotOf('Failed', { totalTasks: 1, failureReasons: [reason] }));
    };
    const created = await drover([...CREATE, '--wait'], fail);
    const [jobId = ''] = context.gateway.jobs.keys();
    const shown = [created, await drover(['watch', jobId]), await drover(['describe', jobId])];
    expect(shown.map(({ code }) => code)).toEqual([1, 1, 0]);
    for (const { stdout } of shown) {
      expect(stdout).toContain('ReportNotWritable: PutObject in bucket r: 403 AccessDenied');
      expect(stdout).toContain('Check the report bucket and the rights of the job role.');
    }
    expect(JSON.parse((await drover(['describe', jobId, '--json'])).stdout)).toMatchObject({
      failureReasons: [{ ...reason, Advice: 'Check the report bucket and the rights of the job role.' }],
    });
  });

  test('shows the first failed task of its report', async () => {
    await drover(CREATE);
    const ended = { totalTasks: 2, tally: tally(0, 2), reportManifestKey: 'm.json' };
    const failureReasons = [{ FailureCode: 'FailureThresholdExceeded', FailureReason: '2 of 2' }];
    context.gateway.end(onlyJob(), snapshotOf('Failed', { ...ended, failureReasons }));
    for (const command of ['describe', 'watch']) {
      const { stdout } = await drover([command, onlyJob()]);
      expect(stdout).toMatch(/First failed task:? +b,k,,failed,404,NoSuchKey,gone$/m);
    }
  });
});
