import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processIdentity, signalGroup } from './process-identity.cjs';

const STOP_GRACE_MS = 10_000;
const POLL_MS = 100;

/**
 * `<home>/run`: `<name>.pid` holds a process id and nothing else, so that `kill $(cat …)` works; `<name>.id` beside it holds
 * the identity of that process.
 */
export class RunFolder {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = join(home, 'run');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  pidFile(name: string): string {
    return join(this.#folder, `${name}.pid`);
  }

  record(name: string, pid: number): void {
    writeFileSync(this.#identityFile(name), (processIdentity(pid) ?? '').trim());
    writeFileSync(this.pidFile(name), `${String(pid)}\n`);
  }

  forget(name: string): void {
    rmSync(this.pidFile(name), { force: true });
    rmSync(this.#identityFile(name), { force: true });
  }

  /** The recorded process, if it still runs and is the very one that was recorded. */
  alive(name: string): number | undefined {
    const pid = Number(read(this.pidFile(name)));
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    const identity = processIdentity(pid);
    return identity !== undefined && identity === read(this.#identityFile(name)) ? pid : undefined;
  }

  names(): string[] {
    return readdirSync(this.#folder)
      .filter((file) => file.endsWith('.pid'))
      .map((file) => file.slice(0, -'.pid'.length));
  }

  /** Stops what a former supervisor left behind when it was killed outright. `say` is told of each. */
  async stopLeftovers(say: (line: string) => void): Promise<void> {
    const running: { name: string; pid: number }[] = [];
    for (const name of this.names()) {
      const pid = this.alive(name);
      if (pid === undefined) this.forget(name);
      else running.push({ name, pid });
    }
    await Promise.all(
      running.map(async ({ name, pid }) => {
        say(`stopping ${name} (process ${String(pid)}), left over from a run that was killed`);
        await stopProcess(pid);
        this.forget(name);
      }),
    );
  }

  #identityFile(name: string): string {
    return join(this.#folder, `${name}.id`);
  }
}

async function stopProcess(pid: number): Promise<void> {
  const identity = processIdentity(pid);
  signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_GRACE_MS;
  while (processIdentity(pid) === identity) {
    if (Date.now() > deadline) signalGroup(pid, 'SIGKILL');
    await delay(POLL_MS);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
