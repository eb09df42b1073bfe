import type { Writable } from 'node:stream';
import { coloured } from './text/colour';

type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Terminal {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
}

/** Answers go to stdout, JSON alone when it was asked for; everything about the way there goes to stderr. */
export class Output {
  constructor(
    readonly terminal: Terminal,
    readonly json: boolean,
    /** Whether people's answers may have colours. */
    readonly colours = false,
  ) {}

  /** `human` is only computed when it is shown. */
  result(value: unknown, human: () => string): void {
    this.terminal.stdout.write(`${this.json ? JSON.stringify(value, null, 2) : this.shown(human())}\n`);
  }

  /** The text as people see it. */
  shown(text: string): string {
    return this.colours ? coloured(text) : text;
  }

  note(text: string): void {
    this.terminal.stderr.write(`${printable(text)}\n`);
  }
}

/** Columns padded to their widest cell; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  const cells = rows.map((row) => row.map((cell) => printable(cell)));
  for (const row of cells) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Text of others must not steer the terminal. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

export function count(value: number | undefined): string {
  return value === undefined ? '-' : value.toLocaleString('en-US');
}

/** `1h 02m`, `3m 04s`, `5s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  if (h > 0) return `${h}h ${String(m).padStart(2, '0')}m`;
  return m > 0 ? `${m}m ${String(s).padStart(2, '0')}s` : `${s}s`;
}
