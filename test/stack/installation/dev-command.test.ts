/**
 * Goal: `npm run dev` brings everything up, keeps it up, takes all of it down again, and carries on where it was. Method: the
 * command itself on free ports and a folder of its own.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../../../cli/api-client';
import { isAlive } from '../../../dev/parts/process-identity.cjs';
import { eventually } from '../../support/eventually';
import { processesOf } from '../../support/servers/listeners';
import { type DroverStack, startDroverStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { jobRequest, plainManifest, reaches, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

const PARTS = ['api', 's3', 'temporal', 'worker-1'];
const KEYS = Array.from({ length: 2_000 }, (_, index) => `object-${String(index).padStart(4, '0')}`);

let home: string;
let stack: DroverStack;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'drover-dev-'));
  stack = await startDroverStack({ home });
});

afterAll(async () => {
  await stack?.stop();
  rmSync(home, { recursive: true, force: true });
});

test('says where everything is once it is there', async () => {
  const { api, s3, temporal, temporalUi } = stack.ports;
  expect(stack.output()).toMatch(/^ready$/m);
  for (const port of [api, s3, temporalUi]) expect(stack.output()).toContain(`http://127.0.0.1:${port}\n`);
  expect(stack.output()).toContain(`127.0.0.1:${temporal}\n`);
  const health = await fetch(`${stack.apiUrl}/healthz`);
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
  expect((await fetch(`http://127.0.0.1:${temporalUi}/`)).status).toBe(200);
  for (const part of PARTS) expect(isAlive(stack.pidOf(part) ?? 0)).toBe(true);
  expect(stack.pidOf('supervisor')).toBe(stack.pid);
});

test('refuses a second stack on the same data', async () => {
  await expect(startDroverStack({ home })).rejects.toThrow(/a stack already runs on .* set DROVER_HOME/);
  expect((await fetch(`${stack.apiUrl}/healthz`)).status).toBe(200);
});

test('starts a worker again that dies, and says so', async () => {
  const pid = stack.pidOf('worker-1') ?? 0;
  process.kill(pid, 'SIGKILL');
  await eventually(
    () => Promise.resolve(stack.output()),
    (said) => said.includes('worker-1 is ready again'),
    60_000,
  );
  expect(stack.output()).toMatch(/^worker-1 ended \(SIGKILL\); starting it again in 0\.5 s\. Log: .*worker-1\.log$/m);
  expect(stack.pidOf('worker-1')).not.toBe(pid);
  expect(isAlive(stack.pidOf('worker-1') ?? 0)).toBe(true);
});

test('stopped in the middle of a job it leaves no process, and started again it finishes the job', async () => {
  const buckets = new Buckets(stack.s3Endpoint);
  let api = new ApiClient({ apiUrl: stack.apiUrl });
  try {
    await buckets.create('source', 'target');
    await buckets.putMany('source', KEYS);
    await buckets.put('source', 'manifest.csv', plainManifest('source', KEYS));
    const operation = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target' } };
    // It lasts for seconds on any machine.
    const more = { Limits: { TasksPerSecond: 400 } };
    const request = jobRequest({ manifest: 'source/manifest.csv', operation, report: 'source', more });
    const { jobId: waiting } = await api.createJob({ ...request, ConfirmationRequired: true });
    await reaches(api, waiting, 'Suspended');
    const { jobId } = await api.createJob(request);
    const running = await eventually(
      () => api.describeJob(jobId),
      ({ status, progress }) => status === 'Complete' || progress.succeeded > 200,
      60_000,
    );
    expect(running.status).toBe('Active');

    const pids = [stack.pid, ...PARTS.map((part) => stack.pidOf(part) ?? 0)];
    expect(await stack.stop()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    await eventually(
      () => Promise.resolve(processesOf(home)),
      (left) => left.length === 0,
      5_000,
    );
    expect(readdirSync(join(home, 'run'))).toEqual([]);

    stack = await startDroverStack({ home, ports: stack.ports });
    api = new ApiClient({ apiUrl: stack.apiUrl });
    const job = await reaches(api, jobId, 'Complete', 90_000);
    expect(job.progress).toMatchObject({ succeeded: KEYS.length, failed: 0 });
    const { rows } = await readReport(buckets, 'source', reportFolder(jobId));
    expect(rows.map(({ key }) => key).sort()).toEqual(KEYS);
    expect((await buckets.list('target')).map(({ key }) => key)).toEqual(KEYS);
    expect((await api.describeJob(waiting)).status).toBe('Suspended');
    await api.change(waiting, 'cancel');
    await reaches(api, waiting, 'Cancelled');
  } finally {
    buckets.close();
  }
});
