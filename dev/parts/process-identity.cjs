/** Plain JavaScript: `dev/run.cjs` needs it before anything is compiled. */
'use strict';

const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');

/**
 * When a running process was started, or undefined when there is none. Process ids are used again by the system; id and start
 * together tell whether the process is still the one that was recorded. (Its command line would not: a launcher script
 * becomes the program it launches.)
 *
 * @param {number} pid
 * @returns {string | undefined}
 */
function processIdentity(pid) {
  if (process.platform !== 'linux') return identityFromPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name may contain spaces and parentheses; state is the first field after it, start time the 22nd of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function identityFromPs(pid) {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return line.trim() === '' ? undefined : line.trim();
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  return processIdentity(pid) !== undefined;
}

/**
 * Signals the process group that `pid` leads. A group that is gone is no error.
 *
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 * @returns {void}
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}

module.exports = { isAlive, processIdentity, signalGroup };
