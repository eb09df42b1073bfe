import { DroverError } from '../../contracts/engine/failures';
import { LIMITS } from '../../contracts/limits';
import { frame, FrameReader } from './frames';
import { badSelect } from './refusal';
import { type SandboxProcess, startSandbox } from './sandbox';

interface Waiting {
  readonly kind: string;
  readonly resolve: (payload: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * DuckDB in a process of its own. Requests are answered in their order, each within `LIMITS.select.timeoutMs` of the one
 * before: then the process is killed, and all that wait are refused.
 */
export class DuckDBClient {
  private readonly process: SandboxProcess;
  private readonly waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private ended: Error | undefined;
  private complaints = '';

  /** @throws DroverError BadRequestException when DuckDB is not installed. */
  constructor(private readonly timeoutMs: number = LIMITS.select.timeoutMs) {
    this.process = startSandbox();
    const reader = new FrameReader((kind, payload) => this.take(kind, payload));
    this.process.stdout.on('data', (part: Buffer) => reader.push(part));
    this.process.stderr.on(
      'data',
      (part: Buffer) => (this.complaints = (this.complaints + part.toString()).slice(-500)),
    );
    // The exit of the process says what was wrong.
    this.process.stdin.on('error', () => undefined);
    this.process.on('error', (error) => this.end(failed(`could not be started: ${error.message}`)));
    this.process.on('close', (code, signal) => this.end(ending(code, signal, this.complaints)));
    this.keepAlive(false);
  }

  get isEnded(): boolean {
    return this.ended !== undefined;
  }

  /** The tree of a statement, as JSON. */
  async parse(sql: string): Promise<string> {
    return (await this.request('P', [Buffer.from(sql)], 'J')).toString();
  }

  /** Has `sql` decide from now on, when `probe` is a condition and can be carried out. */
  async open(statement: { readonly probe: string; readonly sql: string }): Promise<void> {
    await this.request('O', [Buffer.from(JSON.stringify(statement))], 'R');
  }

  /** A byte for each row of a page. */
  decide(page: readonly Buffer[]): Promise<Buffer> {
    return this.request('D', page, 'B');
  }

  close(): void {
    this.end(failed('was closed'));
  }

  private request(kind: string, parts: readonly Buffer[], answer: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) {
        reject(this.ended);
        return;
      }
      this.waiting.push({ kind: answer, resolve, reject });
      if (this.waiting.length === 1) this.watch();
      for (const part of frame(kind, parts)) this.process.stdin.write(part);
    });
  }

  private take(kind: string, payload: Buffer): void {
    const first = this.waiting.shift();
    this.watch();
    if (kind === first?.kind) first.resolve(payload);
    else if (kind === 'E') first?.reject(badSelect(firstLine(payload.toString())));
    else {
      first?.reject(failed('answered what was not asked'));
      this.close();
    }
  }

  private watch(): void {
    clearTimeout(this.timer);
    this.keepAlive(this.waiting.length > 0);
    if (this.waiting.length === 0) return;
    this.timer = setTimeout(() => {
      this.end(badSelect(`takes too long: DuckDB was stopped after ${this.timeoutMs / 1_000} seconds`));
    }, this.timeoutMs);
  }

  /** The process holds up the exit of its parent only while something is awaited of it. */
  private keepAlive(isNeeded: boolean): void {
    const { stdin, stdout, stderr } = this.process;
    for (const part of [this.process, stdin, stdout, stderr] as { ref?: () => void; unref?: () => void }[]) {
      if (isNeeded) part.ref?.();
      else part.unref?.();
    }
  }

  private end(error: Error): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    clearTimeout(this.timer);
    this.process.kill('SIGKILL');
    for (const { reject } of this.waiting.splice(0)) reject(error);
    this.keepAlive(false);
  }
}

/** How a process ends by itself that was asked too much; what is killed from outside may do better another time. */
const CRASHES: readonly (NodeJS.Signals | null)[] = ['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGTRAP'];

function ending(code: number | null, signal: NodeJS.Signals | null, complaints: string): DroverError {
  return CRASHES.includes(signal)
    ? badSelect(`the process of DuckDB ended by ${signal}: the expression asks for more than it may have`)
    : failed(`ended (${signal ?? code}) ${complaints}`.trim());
}

function failed(what: string): DroverError {
  return new DroverError('InternalServiceException', `Filter.Select: the process of DuckDB ${what}`);
}

/** What follows shows the statement as Drover has written it, which nobody has seen before. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
