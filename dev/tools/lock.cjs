/** Plain JavaScript: `dev/run.cjs` needs it before anything is compiled. */
'use strict';

const { randomUUID } = require('node:crypto');
const { rmSync } = require('node:fs');
const { link, mkdir, readFile, rm, stat, utimes, writeFile } = require('node:fs/promises');
const { hostname } = require('node:os');
const { dirname } = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');
const { isAlive } = require('../parts/process-identity.cjs');

const POLL_MS = 300;
const TOUCH_MS = 5_000;
/** A holder touches its lock all the time; one left alone this long belongs to a process of another machine that is gone. */
const ABANDONED_MS = 60_000;

/**
 * Runs `work` while no other process runs work under the same lock file. `waiting` is called once, if it has to wait.
 *
 * @template T
 * @param {string} file
 * @param {(holder: string) => void} waiting
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withLock(file, waiting, work) {
  await mkdir(dirname(file), { recursive: true });
  let reported = false;
  while (!(await tryLock(file))) {
    const holder = await readHolder(file);
    if (holder === undefined) continue;
    if (holder.gone) await rm(file, { force: true });
    else {
      if (!reported) waiting(holder.name);
      reported = true;
      await delay(POLL_MS);
    }
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, TOUCH_MS);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    process.off('exit', release);
    release();
  }
}

/** Written aside and linked, so that nobody ever reads an empty lock. */
async function tryLock(file) {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${hostname()} ${process.pid}`);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(file) {
  try {
    const [host = '', pid = ''] = (await readFile(file, 'utf8')).split(' ');
    const age = Date.now() - (await stat(file)).mtimeMs;
    const name = host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
    return { name, gone: age > ABANDONED_MS || (host === hostname() && !isAlive(Number(pid))) };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

module.exports = { withLock };
