// Goal: CPU and memory are charged to the right process group. Method: a child that leads a group of its own burns CPU for a
// known time in a child of its own, and is asked about from outside. Linux only, as the measuring itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  clockTicksPerSecond,
  endedChildrenCpuSeconds,
  groupCpuSeconds,
  residentBytes,
} from '../../../bench/process-usage';

const BURN_SECONDS = 0.3;
/** A grandchild burns: user time by its own clock, however busy the machine is. Then the group waits to be looked at. */
const SCRIPT = `
  const burn = 'while (process.cpuUsage().user < ${BURN_SECONDS * 1e6});';
  require('node:child_process').spawnSync(process.execPath, ['-e', burn]);
  console.log('burnt');
  setInterval(() => {}, 1000);
`;

// It reads /proc.
if (process.platform === 'linux') {
  test('counts a whole process group, and nothing of a group that does nothing', async () => {
    const ticks = await clockTicksPerSecond();
    const child = spawn(process.execPath, ['-e', SCRIPT], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = child.pid!;
    try {
      await once(child.stdout, 'data');
      const seconds = groupCpuSeconds({ burner: pid, absent: 2 ** 22 + 1 }, ticks);
      expect(seconds['burner']).toBeGreaterThan(BURN_SECONDS * 0.9);
      expect(seconds['absent']).toBe(0);
      expect(residentBytes(pid)).toBeGreaterThan(10 * 1_024 * 1_024);
    } finally {
      const before = endedChildrenCpuSeconds(ticks);
      process.kill(-pid, 'SIGKILL');
      await once(child, 'exit');
      expect(endedChildrenCpuSeconds(ticks) - before).toBeGreaterThan(BURN_SECONDS * 0.9);
    }
    expect(residentBytes(pid)).toBeUndefined();
    // Two starts of Node and the burning: seconds on a machine that others keep busy.
  }, 30_000);
}
