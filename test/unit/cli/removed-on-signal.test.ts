/** Goal: Ctrl-C leaves no half of a file, and ends the program all the same. Method: the signals, told to this process, which is not killed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removedOnSignal } from '../../../cli/removed-on-signal';

let folder: string;
let kill: jest.SpyInstance;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-signal-'));
  writeFileSync(join(folder, 'half'), 'of it');
  kill = jest.spyOn(process, 'kill').mockReturnValue(true);
});

afterEach(() => {
  kill.mockRestore();
  rmSync(folder, { recursive: true, force: true });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s removes what is not whole, and is told again', (signal) => {
  removedOnSignal(folder);
  process.emit(signal, signal);
  expect(existsSync(folder)).toBe(false);
  expect(kill.mock.calls).toEqual([[process.pid, signal]]);
  expect(process.listenerCount(signal)).toBe(0);
});

test('what is whole stays', () => {
  removedOnSignal(folder)();
  expect(process.listenerCount('SIGINT')).toBe(0);
  process.emit('SIGINT', 'SIGINT');
  expect(existsSync(folder)).toBe(true);
  expect(kill).not.toHaveBeenCalled();
});
