/**
 * Stops the parts of a stack when their supervisor dies in a way that leaves it no time (SIGKILL, out of memory). Its standard
 * input is a pipe from the supervisor, which the system closes with it. Lines: `+<pid>` a process group was started, `-<pid>`
 * it has ended. Plain JavaScript, because it must run from a checkout that is compiled and from one that is not.
 */
'use strict';

const GRACE_MS = 10_000;
const POLL_MS = 100;

const groups = new Set();
let unread = '';

// The terminal's Ctrl-C and a polite kill are the supervisor's business.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {});

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = (unread + text).split('\n');
  unread = lines.pop();
  for (const line of lines) {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) groups.add(pid);
    else groups.delete(pid);
  }
});
process.stdin.on('close', stopAll);

function stopAll() {
  // Last started, first told: the worker before the servers it talks to.
  for (const pid of [...groups].reverse()) signal(pid, 'SIGTERM');
  const deadline = Date.now() + GRACE_MS;
  const timer = setInterval(() => {
    for (const pid of groups) if (!signal(pid, 0)) groups.delete(pid);
    if (groups.size === 0) clearInterval(timer);
    else if (Date.now() > deadline) for (const pid of groups) signal(pid, 'SIGKILL');
  }, POLL_MS);
}

function signal(pid, name) {
  try {
    process.kill(-pid, name);
    return true;
  } catch {
    return false;
  }
}
