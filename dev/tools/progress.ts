import { spawn } from 'node:child_process';

const TERMINAL_INTERVAL_MS = 500;
const PLAIN_INTERVAL_MS = 15_000;
const LAST_LINE_MAX = 100;
const OUTPUT_TAIL_MAX = 4_000;

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends the command, and rejects, after this long. */
  readonly timeoutMs?: number;
  /** What is being done, for the progress line. Without it nothing is shown. */
  readonly label?: string;
}

/**
 * Runs a command to its end and gives its standard output. Rejects with the end of what it said when it fails.
 * On a terminal one line is rewritten with elapsed time and the last output; elsewhere such a line comes every 15 s.
 */
export function runCommand(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const display = options.label === undefined ? undefined : showProgress(options.label);
  return new Promise<string>((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A program that ends in the middle takes its commands along.
    const stop = (): void => void child.kill();
    process.once('exit', stop);
    let stdout = '';
    let tail = '';
    const listen = (text: string): void => {
      tail = (tail + text).slice(-OUTPUT_TAIL_MAX);
      display?.say(text.trimEnd().split('\n').at(-1) ?? '');
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      listen(text);
    });
    child.stderr.setEncoding('utf8').on('data', listen);
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        child.kill('SIGKILL');
      },
      options.timeoutMs ?? 2 ** 31 - 1,
    );
    const end = (error?: Error): void => {
      clearTimeout(timer);
      process.off('exit', stop);
      display?.end(error === undefined);
      if (error === undefined) resolve(stdout);
      else reject(error);
    };
    child.on('error', (error) => {
      end(new Error(`${command}: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      const how = late
        ? `gave no result in ${String((options.timeoutMs ?? 0) / 1_000)} s`
        : `ended with ${signal ?? `code ${String(code)}`}`;
      end(code === 0 ? undefined : new Error(`${command} ${args[0] ?? ''} ${how}\n${tail.trim()}`.trim()));
    });
  });
}

function showProgress(label: string): { say: (line: string) => void; end: (succeeded: boolean) => void } {
  const stream = process.stderr;
  const start = Date.now();
  let last = '';
  const seconds = (): string => `${((Date.now() - start) / 1_000).toFixed(0)} s`;
  const render = (): void => {
    const room = Math.max(0, (stream.isTTY ? (stream.columns || 80) - label.length - 14 : LAST_LINE_MAX) - 1);
    const line = `${label} … ${seconds()}  ${last.slice(0, room)}`;
    stream.write(stream.isTTY ? `\r\u001b[K${line}` : `${line.trimEnd()}\n`);
  };
  if (!stream.isTTY) stream.write(`${label} …\n`);
  const timer = setInterval(render, stream.isTTY ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS);
  return {
    say: (line) => {
      last = line.replaceAll(/[^\u0020-\u{10FFFF}]/gu, ' ');
    },
    end: (succeeded) => {
      clearInterval(timer);
      if (stream.isTTY) stream.write('\r\u001b[K');
      stream.write(`${label} … ${succeeded ? 'done in' : 'failed after'} ${seconds()}\n`);
    },
  };
}
