/** Goal: the pages tell what was counted, in Prometheus's form, and name no more buckets than they may. Method: counted by hand, printed. */
import { request } from 'node:http';
import { taskCounter } from '../../../activities/work-meter';
import { SUCCESSFUL, type Task } from '../../../contracts/engine/outcome';
import { LIMITS } from '../../../contracts/limits';
import { ApiRequests } from '../../../metrics/api-requests';
import { type Family } from '../../../metrics/family';
import { installationFamilies, type InstallationFigures } from '../../../metrics/installation-families';
import { createRegistry } from '../../../metrics/registry';
import { serveMetrics } from '../../../metrics/server';
import { OTHER_BUCKETS, storeFamilies } from '../../../metrics/store-families';
import { WorkMeter } from '../../../metrics/work-meter';
import { RequestCounts, type StoreFigures } from '../../../storage/figures';

async function page(families: readonly Family[]): Promise<string[]> {
  const registry = createRegistry('test', families);
  const text = await registry.metrics();
  registry.clear();
  return text.split('\n').filter((line) => line.startsWith('drover_') || line.startsWith('# TYPE drover_'));
}

function storeWith(more: Partial<StoreFigures>): StoreFigures {
  return { store: 'default', calls: [], buckets: [], silentSinceMs: undefined, ...more };
}

test('requests, their classes and latencies', async () => {
  const counts = new RequestCounts();
  const put = counts.of('PutObject');
  for (const [status, ms] of [
    [200, 3],
    [204, 30],
    [503, 40_000],
    [0, 7],
  ] as const) {
    put.count(status, ms);
  }
  put.retries += 2;
  put.slowDowns += 1;
  const lines = await page(storeFamilies({ figures: () => [storeWith({ calls: counts.figures })] }));
  const labels = 'store="default",operation="PutObject"';
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE drover_store_requests_total counter',
      `drover_store_requests_total{${labels},status="2xx"} 2`,
      `drover_store_requests_total{${labels},status="5xx"} 1`,
      `drover_store_requests_total{${labels},status="none"} 1`,
      '# TYPE drover_store_request_duration_seconds histogram',
      `drover_store_request_duration_seconds_bucket{${labels},le="0.005"} 1`,
      `drover_store_request_duration_seconds_bucket{${labels},le="0.01"} 2`,
      `drover_store_request_duration_seconds_bucket{${labels},le="30"} 3`,
      `drover_store_request_duration_seconds_bucket{${labels},le="+Inf"} 4`,
      `drover_store_request_duration_seconds_sum{${labels}} 40.04`,
      `drover_store_request_duration_seconds_count{${labels}} 4`,
      `drover_store_retries_total{${labels}} 2`,
      `drover_store_slow_downs_total{${labels}} 1`,
    ]),
  );
  expect(lines.filter((line) => line.includes('status="4xx"'))).toEqual([]);
});

test('buckets beyond the bound are added up, and a silent store tells for how long', async () => {
  const buckets = Array.from({ length: LIMITS.metrics.bucketsMax + 3 }, (_, at) => ({
    bucket: `b${at}`,
    limit: 100 + at,
    inFlight: 1,
    waiting: 2,
  }));
  const figures = () => [storeWith({ buckets, silentSinceMs: 1_000 })];
  const lines = await page(storeFamilies({ figures }, () => 43_000));
  const others = `{store="default",bucket="${OTHER_BUCKETS}"}`;
  expect(lines).toContain(`drover_bucket_requests_limit${others} ${100 + LIMITS.metrics.bucketsMax}`);
  expect(lines).toContain(`drover_bucket_requests_in_flight${others} 3`);
  expect(lines).toContain(`drover_bucket_requests_waiting${others} 6`);
  expect(lines.filter((line) => line.startsWith('drover_bucket_requests_limit{'))).toHaveLength(
    LIMITS.metrics.bucketsMax + 1,
  );
  expect(lines).toContain('drover_store_silent_seconds{store="default"} 42');
});

test('tasks by operation, outcome and store', async () => {
  const meter = new WorkMeter((bucket) => (bucket === 'far' ? 'remote' : 'default'), 8);
  const count = taskCounter(meter, 'S3DeleteObject');
  const task = (bucket: string): Task => ({ bucket, key: 'k', manifestKey: 'k', row: 0 });
  count(task('near'), SUCCESSFUL);
  count(task('near'), { status: 'succeeded', httpStatus: 200, message: 'Skipped: ', skipped: true });
  count(task('far'), { status: 'failed', httpStatus: 404, errorCode: 'NoSuchKey', message: '' });
  count(task('near'), { status: 'pending' });
  meter.batchBegins();
  meter.rowsPrepared(7);
  const lines = await page(meter.families);
  const of = (outcome: string, store: string): string =>
    `drover_tasks_total{operation="S3DeleteObject",outcome="${outcome}",store="${store}"}`;
  expect(lines).toEqual(
    expect.arrayContaining([
      `${of('succeeded', 'default')} 1`,
      `${of('skipped', 'default')} 1`,
      `${of('pending', 'default')} 1`,
      `${of('failed', 'remote')} 1`,
      `${of('succeeded', 'remote')} 0`,
      'drover_worker_batches_running 1',
      'drover_worker_batch_slots 8',
      'drover_rows_prepared_total 7',
    ]),
  );
});

test('requests of the API', async () => {
  const requests = new ApiRequests();
  requests.answered('createJob', 201, 4);
  requests.answered(undefined, 404, 60_000);
  const lines = await page(requests.families);
  expect(lines).toContain('drover_api_requests_total{operation="createJob",status="2xx"} 1');
  expect(lines).toContain('drover_api_requests_total{operation="(none)",status="4xx"} 1');
  expect(lines).toContain('drover_api_request_duration_seconds_bucket{operation="(none)",le="30"} 0');
  expect(lines).toContain('drover_api_request_duration_seconds_bucket{operation="(none)",le="+Inf"} 1');
});

test('a survey is made at intervals, and shows nothing old while Temporal is away', async () => {
  let now = 0;
  let asked = 0;
  let isAway = false;
  const read = (): Promise<InstallationFigures> => {
    asked += 1;
    if (isAway) return Promise.reject(new Error('away'));
    return Promise.resolve({
      jobs: new Map([['Active', 2]]),
      backlogs: new Map([['batches', { tasks: 5, oldestMs: 2_500 }]]),
      batchSlots: 16,
    });
  };
  const families = installationFamilies(read, () => now);
  const expected = [
    'drover_temporal_up 1',
    'drover_jobs{status="Active"} 2',
    'drover_queue_backlog{queue="batches"} 5',
    'drover_queue_oldest_seconds{queue="batches"} 2.5',
  ];
  expect(await page(families)).toEqual(expect.arrayContaining([...expected, 'drover_batch_slots 16']));
  await page(families);
  expect(asked).toBe(1);
  now = LIMITS.metrics.surveyIntervalMs;
  isAway = true;
  const lines = await page(families);
  expect(lines).toContain('drover_temporal_up 0');
  expect(lines.filter((line) => line.startsWith('drover_jobs'))).toEqual([]);
});

describe('the listener', () => {
  const PAGE = { contentType: 'text/plain; version=0.0.4', read: () => Promise.resolve('a 1\n') };
  const SETTING = 'worker.metrics';

  function ask(
    port: number,
    path: string,
    options: { method?: string; host?: string } = {},
  ): Promise<[number, string]> {
    const { method = 'GET', host = '127.0.0.1' } = options;
    return new Promise((resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
      });
      asking.on('error', reject).end();
    });
  }

  test('serves its page and nothing else, to this machine alone', async () => {
    const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, SETTING, PAGE);
    const { port } = server.address;
    expect(await ask(port, '/metrics')).toEqual([200, 'a 1\n']);
    expect(await ask(port, '/metrics', { host: `localhost:${port}` })).toEqual([200, 'a 1\n']);
    expect((await ask(port, '/metrics', { host: 'rebound.example' }))[0]).toBe(403);
    expect((await ask(port, '/metrics', { method: 'POST' }))[0]).toBe(405);
    expect((await ask(port, '/'))[0]).toBe(404);
    expect((await ask(port, '/healthz'))[0]).toBe(404);
    await server.close();
  });

  test('of a worker, it tells whether the worker is ready', async () => {
    let isReady = false;
    const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, SETTING, { ...PAGE, isReady: () => isReady });
    const { port } = server.address;
    expect(await ask(port, '/healthz')).toEqual([503, 'not ready\n']);
    isReady = true;
    expect(await ask(port, '/healthz')).toEqual([200, 'ok\n']);
    expect((await ask(port, '/healthz', { host: 'rebound.example' }))[0]).toBe(403);
    await server.close();
  });

  test('names the setting when its port is taken', async () => {
    const first = await serveMetrics({ host: '127.0.0.1', port: 0 }, SETTING, PAGE);
    const second = serveMetrics(first.address, SETTING, PAGE);
    await expect(second).rejects.toMatchObject({
      code: 'InvalidConfiguration',
      message: expect.stringContaining(SETTING),
    });
    await first.close();
  });

  test('says that a page could not be made', async () => {
    const failing = { ...PAGE, read: () => Promise.reject(new Error('no page')) };
    const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, SETTING, failing);
    expect(await ask(server.address.port, '/metrics')).toEqual([500, 'no page\n']);
    await server.close();
  });
});
