/** Goal: what Temporal's SDK says is in the same form as all else, without the noise of every start. Method: entries as the SDK hands them over. */
import type { LogEntry } from '@temporalio/worker';
import { createLogger } from '../../../logging/logger';
import { forwardTo } from '../../../worker/logging';

type Entry = Omit<LogEntry, 'timestampNanos'>;

function forwarded(entries: readonly Entry[], quiet: 'WARN' | 'DEBUG' = 'WARN'): object[] {
  const lines: string[] = [];
  const log = createLogger('drover-worker', { logLevel: 'debug' }, { write: (line: string) => void lines.push(line) });
  const forward = forwardTo(log, quiet);
  for (const entry of entries) forward({ ...entry, timestampNanos: 0n });
  return lines.map((line) => {
    const { time: _time, service: _service, version: _version, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return rest;
  });
}

test('lines of workflows and activities pass; the SDK’s own from the quiet level on', () => {
  const meta = (sdkComponent: string) => ({ sdkComponent, workflowId: 'w' });
  const entries = [
    { level: 'INFO' as const, message: 'job started', meta: meta('workflow') },
    { level: 'INFO' as const, message: 'chatter', meta: meta('core') },
    { level: 'WARN' as const, message: 'trouble', meta: meta('core') },
    { level: 'INFO' as const, message: 'ours' },
  ];
  expect(forwarded(entries)).toEqual([
    { level: 'info', part: 'workflow', workflowId: 'w', msg: 'job started' },
    { level: 'warn', part: 'core', workflowId: 'w', msg: 'trouble' },
    { level: 'info', msg: 'ours' },
  ]);
  expect(forwarded(entries, 'DEBUG')).toHaveLength(4);
});

test('what is normal at start is not told, nor what a workflow tells better', () => {
  const meta = { sdkComponent: 'worker' };
  const entries = [
    { level: 'WARN' as const, message: 'No workflows registered, not polling for workflow tasks', meta },
    { level: 'WARN' as const, message: 'Workflow failed', meta: { ...meta, error: new Error('code is lost') } },
    {
      level: 'WARN' as const,
      message: 'Activity failed',
      meta: { ...meta, error: Object.assign(new Error('why'), { type: 'NoSuchBucket' }) },
    },
  ];
  expect(forwarded(entries)).toEqual([
    { level: 'warn', part: 'worker', error: { code: 'NoSuchBucket', message: 'why' }, msg: 'Activity failed' },
  ]);
});
