import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 300;
const TOUCH_MS = 5_000;
/** A holder touches its lock all the time; one left alone this long belongs to a process of another machine that is gone. */
const ABANDONED_MS = 60_000;

/** Runs `work` while no other process runs work under the same lock file. `waiting` is called once, if it has to wait. */
export async function withLock<T>(file: string, waiting: (holder: string) => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let told = false;
  while (!(await tryLock(file))) {
    const holder = await readHolder(file);
    if (holder === undefined) continue;
    if (holder.gone) await rm(file, { force: true });
    else {
      if (!told) waiting(holder.name);
      told = true;
      await delay(POLL_MS);
    }
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(file, { force: true });
  }
}

/** Written aside and linked, so that nobody ever reads an empty lock. */
async function tryLock(file: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${hostname()} ${String(process.pid)}`);
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readHolder(file: string): Promise<{ name: string; gone: boolean } | undefined> {
  try {
    const [host = '', pid = ''] = (await readFile(file, 'utf8')).split(' ');
    const age = Date.now() - (await stat(file)).mtimeMs;
    const name = host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
    return { name, gone: age > ABANDONED_MS || (host === hostname() && !isAlive(Number(pid))) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
