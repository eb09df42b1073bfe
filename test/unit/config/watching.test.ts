/** Goal: settings of the audit log and of metrics come from file and environment, and nonsense is refused by name. Method: both, loaded. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../../config/load';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('all of it is off unless set', () => {
  const { api, worker } = loadConfig({});
  expect([api.auditLog, api.metrics, worker.metrics]).toEqual([undefined, undefined, undefined]);
});

test('the environment goes before the file; paths are those of their folder', () => {
  writeFileSync(
    join(folder, 'drover.config.yaml'),
    'api: {auditLog: logs/audit.log, metrics: "127.0.0.1:9464"}\nworker: {metrics: "[::1]:0"}\n',
  );
  const ofFile = loadConfig({}, folder);
  expect(ofFile.api).toMatchObject({
    auditLog: join(folder, 'logs/audit.log'),
    metrics: { host: '127.0.0.1', port: 9464 },
  });
  expect(ofFile.worker.metrics).toEqual({ host: '::1', port: 0 });
  const env = { DROVER_AUDIT_LOG: 'audit.log', DROVER_WORKER_METRICS_ADDRESS: 'metrics.internal:9465' };
  const ofBoth = loadConfig(env, folder);
  expect(ofBoth.api.auditLog).toBe(resolve('audit.log'));
  expect(ofBoth.worker.metrics).toEqual({ host: 'metrics.internal', port: 9465 });
});

test.each(['9464', 'http://127.0.0.1:9464', '127.0.0.1:', '127.0.0.1:65536', '::1:9464', 'a b:1'])(
  '%s is no address',
  (address) => {
    expect(() => loadConfig({ DROVER_API_METRICS_ADDRESS: address })).toThrow(/DROVER_API_METRICS_ADDRESS: must/);
  },
);
