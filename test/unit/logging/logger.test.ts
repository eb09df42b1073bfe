/** Goal: a line of the log is one JSON object that says what failed and why. Method: lines as they are written, parsed. */
import { runInNewContext } from 'node:vm';
import { ApplicationFailure } from '@temporalio/common';
import { packageVersion } from '../../../config/package-version';
import { DroverError } from '../../../contracts/engine/failures';
import { createLogger } from '../../../logging/logger';
import manifest from '../../../package.json';

function logged(write: (log: ReturnType<typeof createLogger>) => void, logLevel = 'info'): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger('drover-worker', { logLevel }, { write: (line: string) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function errorIn(error: unknown): unknown {
  return logged((log) => log.error({ error }, 'failed'))[0]?.['error'];
}

test('a line has level and time as words, and who writes', () => {
  const [line] = logged((log) => log.warn({ jobId: 'j' }, 'text'));
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: 'drover-worker',
    version: manifest.version,
    jobId: 'j',
    msg: 'text',
  });
  expect(packageVersion()).toBe(manifest.version);
});

test('lower levels than that of the configuration are left out', () => {
  expect(logged((log) => log.info('text'), 'warn')).toEqual([]);
});

test('an error has its code and causes; a stack only where there is nothing better', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(errorIn(new DroverError('StoreUnreachable', 'no answer', { cause }))).toEqual({
    code: 'StoreUnreachable',
    type: 'DroverError',
    message: 'no answer',
    cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
  });
  expect(errorIn(new TypeError('x is undefined'))).toEqual({
    type: 'TypeError',
    message: 'x is undefined',
    stack: expect.stringContaining('logger.test.ts'),
  });
});

test('failures of activities, and errors of another isolate', () => {
  expect(errorIn(ApplicationFailure.create({ type: 'NoSuchBucket', message: 'it is gone' }))).toMatchObject({
    code: 'NoSuchBucket',
    message: 'it is gone',
  });
  const foreign: unknown = runInNewContext(
    'Object.assign(new Error("from within"), { type: "InvalidManifestContent" })',
  );
  expect(foreign).not.toBeInstanceOf(Error);
  expect(errorIn(foreign)).toEqual({ code: 'InvalidManifestContent', message: 'from within' });
});

test('a chain of causes that never ends does, and what is no error stays as it is', () => {
  const endless = new Error('round');
  endless.cause = endless;
  expect(JSON.stringify(errorIn(endless)).length).toBeLessThan(2_000);
  expect(errorIn({ code: 'X', message: 'plain' })).toEqual({ code: 'X', message: 'plain' });
  expect(errorIn('text')).toBe('text');
});
