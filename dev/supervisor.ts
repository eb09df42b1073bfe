import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../contracts/defined';
import { exponentialMs } from '../contracts/engine/backoff';
import { assertPortsFree, type PortClaim } from './parts/ports';
import { makePrivateHome } from './parts/private-folder';
import { signalGroup } from './parts/process-identity.cjs';
import { PROJECT_ROOT } from './parts/project-root';
import { RunFolder } from './parts/run-folder';

const READY_POLL_MS = 100;
const LOG_TAIL_LINES = 15;
const RESTART_BACKOFF = { firstMs: 500, maxMs: 15_000, jitter: 0 };
/** After this long alive, the next death counts as the first one again. */
const STEADY_MS = 30_000;

/** One process of the stack. */
export interface Part {
  /** Also the name of its pid and log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Working directory; this process's own by default. */
  readonly cwd?: string;
  /** Checked before the start. */
  readonly ports: readonly PortClaim[];
  /** Asked until it says yes. A rejection counts as no. */
  readonly ready: (pid: number) => Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly stopGraceMs: number;
  /** Files that it makes outside the home and does not remove: removed once it has ended for good. */
  readonly leaves?: readonly string[];
}

interface Running {
  readonly part: Part;
  child: ChildProcess;
  startedAt: number;
  deaths: number;
}

export interface SupervisorOptions {
  readonly home: string;
  /** Told of deaths, restarts and leftovers. */
  readonly say: (line: string) => void;
}

/**
 * Starts processes, waits until each is ready, starts again what dies, and stops all of them. Every part leads a process group
 * of its own, so that a terminal's Ctrl-C reaches only the supervisor, which stops them in order.
 */
export class Supervisor {
  readonly #home: string;
  readonly #say: (line: string) => void;
  readonly #folder: RunFolder;
  readonly #running = new Map<string, Running>();
  #reaper: ChildProcess | undefined;
  #claimed = false;
  #stopping = false;

  constructor(options: SupervisorOptions) {
    this.#home = options.home;
    this.#say = options.say;
    makePrivateHome(options.home);
    this.#folder = new RunFolder(options.home);
  }

  /** Takes the home for this process. Rejects when another supervisor has it; stops what a killed one left. */
  async claim(): Promise<void> {
    const other = this.#folder.alive('supervisor');
    if (other !== undefined && other !== process.pid) {
      throw new Error(
        `a stack already runs on ${this.#home} (process ${String(other)}): stop it, or set DROVER_HOME to another folder`,
      );
    }
    await this.#folder.stopLeftovers(this.#say);
    this.#folder.record('supervisor', process.pid);
    this.#claimed = true;
  }

  /** Resolves when the part is ready. Rejects, with the end of its log, when it dies before or takes too long. */
  async start(part: Part): Promise<void> {
    await assertPortsFree(part.ports);
    if (this.#isStopping()) throw new Error(`${part.name} is not started: the stack is stopping`);
    const running: Running = { part, child: this.#spawn(part), startedAt: Date.now(), deaths: 0 };
    this.#running.set(part.name, running);
    await this.#untilReady(running);
    this.#watch(running);
  }

  /** A method, because it changes while one waits. */
  #isStopping(): boolean {
    return this.#stopping;
  }

  pid(name: string): number | undefined {
    return this.#running.get(name)?.child.pid;
  }

  logFile(name: string): string {
    return join(this.#home, 'log', `${name}.log`);
  }

  /** Stops the parts in the reverse order of their start, those of one name family (`worker-1`, `worker-2`) at once. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const families = new Map<string, Running[]>();
    for (const running of [...this.#running.values()].reverse()) {
      const family = running.part.name.replace(/-\d+$/, '');
      families.set(family, [...(families.get(family) ?? []), running]);
    }
    for (const family of families.values()) await Promise.all(family.map((running) => this.#stopOne(running)));
    this.#running.clear();
    this.#release();
    this.#reaper?.stdin?.end();
    this.#reaper?.unref();
  }

  /** For the impatient second Ctrl-C. Synchronous, hence fit for an exit handler. */
  kill(): void {
    this.#stopping = true;
    for (const { part, child } of this.#running.values()) {
      if (child.pid !== undefined && isRunning(child)) signalGroup(child.pid, 'SIGKILL');
      this.#forget(part);
    }
    this.#release();
  }

  /** Only one's own claim: the home may be another supervisor's. */
  #release(): void {
    if (this.#claimed) this.#folder.forget('supervisor');
    this.#claimed = false;
  }

  #spawn(part: Part): ChildProcess {
    const log = openSync(this.logFile(part.name), 'a', 0o600);
    const child = spawn(part.command, part.args, {
      detached: true,
      env: part.env,
      stdio: ['ignore', log, log],
      ...defined({ cwd: part.cwd }),
    });
    closeSync(log);
    child.on('error', (error) => {
      this.#say(`${part.name} can't be started: ${error.message}`);
    });
    const pid = child.pid;
    if (pid !== undefined) {
      this.#folder.record(part.name, pid);
      this.#tellReaper(`+${String(pid)}`);
      child.once('exit', () => {
        this.#tellReaper(`-${String(pid)}`);
        if (this.#running.get(part.name)?.child === child) this.#folder.forget(part.name);
      });
    }
    return child;
  }

  #tellReaper(line: string): void {
    if (this.#reaper === undefined) {
      const script = join(PROJECT_ROOT, 'dev', 'parts', 'reaper.cjs');
      this.#reaper = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
      this.#reaper.stdin?.on('error', () => undefined);
      this.#reaper.unref();
    }
    this.#reaper.stdin?.write(`${line}\n`);
  }

  async #untilReady({ part, child }: Running): Promise<void> {
    const deadline = Date.now() + part.readyTimeoutMs;
    while (!(await part.ready(child.pid ?? 0).catch(() => false))) {
      if (this.#isStopping()) throw new Error(`${part.name} was stopped while it started`);
      if (!isRunning(child)) {
        throw new Error(`${part.name} ended (${ending(child)}) before it was ready\n${this.#logTail(part.name)}`);
      }
      if (Date.now() > deadline) {
        throw new Error(
          `${part.name} was not ready after ${String(part.readyTimeoutMs / 1_000)} s\n${this.#logTail(part.name)}`,
        );
      }
      await delay(READY_POLL_MS);
    }
  }

  #watch(running: Running): void {
    const { child } = running;
    if (isRunning(child)) child.once('exit', () => void this.#revive(running));
    else void this.#revive(running);
  }

  async #revive(running: Running): Promise<void> {
    const { part } = running;
    if (this.#isStopping()) return;
    if (Date.now() - running.startedAt > STEADY_MS) running.deaths = 0;
    running.deaths += 1;
    const pauseMs = exponentialMs(running.deaths, RESTART_BACKOFF);
    this.#say(
      `${part.name} ended (${ending(running.child)}); starting it again in ${String(pauseMs / 1_000)} s. Log: ${this.logFile(part.name)}`,
    );
    await delay(pauseMs, undefined, { ref: false });
    if (this.#isStopping()) return;
    running.child = this.#spawn(part);
    running.startedAt = Date.now();
    this.#watch(running);
    await this.#untilReady(running).then(
      () => {
        this.#say(`${part.name} is ready again`);
      },
      // A death is told by the watch, with the next pause.
      () => undefined,
    );
  }

  async #stopOne({ part, child }: Running): Promise<void> {
    const { pid } = child;
    if (pid === undefined || !isRunning(child)) {
      this.#forget(part);
      return;
    }
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
    signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => {
      this.#say(`${part.name} did not stop in ${String(part.stopGraceMs / 1_000)} s and is killed`);
      signalGroup(pid, 'SIGKILL');
    }, part.stopGraceMs);
    await ended;
    clearTimeout(timer);
    // What the part itself may have started and left.
    signalGroup(pid, 'SIGKILL');
    this.#forget(part);
  }

  #forget({ name, leaves = [] }: Part): void {
    this.#folder.forget(name);
    for (const file of leaves) rmSync(file, { force: true });
  }

  #logTail(name: string): string {
    const lines = readFileSync(this.logFile(name), 'utf8').trimEnd().split('\n');
    return [`--- end of ${this.logFile(name)}`, ...lines.slice(-LOG_TAIL_LINES)].join('\n');
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function ending(child: ChildProcess): string {
  return child.signalCode ?? (child.exitCode === null ? 'not started' : `exit code ${String(child.exitCode)}`);
}
