import { SingleBar } from 'cli-progress';
import type { Job } from '../api-client';
import { type Output, printable } from '../output';
import { failuresInRed } from './colour';
import { type Pace, plainLine, terminalLine } from './progress-line';
import { statusText } from './status-text';

/** Rate is taken over this many looks: long enough to be steady, short enough to follow a change. */
const RATE_SAMPLES = 15;
/** Where there is no terminal, a line is written at this pace, and at once when the status changes. */
const LINE_INTERVAL_MS = 10_000;
/** For a terminal that does not tell its own. */
const COLUMNS_DEFAULT = 80;

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** Progress on stderr: one line that changes on a terminal, lines elsewhere. */
export class ProgressDisplay {
  started = false;
  private readonly samples: Sample[] = [];
  private bar: SingleBar | undefined;
  private lastStatus = '';
  private lastLineAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly output: Output) {}

  update(job: Job, now: number): void {
    this.started = true;
    const { succeeded, failed } = job.progress;
    this.samples.push({ at: now, done: succeeded + failed });
    if (this.samples.length > RATE_SAMPLES) this.samples.shift();
    const pace = this.pace(job);
    if (this.output.terminal.stderr.isTTY === true) {
      this.draw(job, pace);
      return;
    }
    const status = statusText(job);
    if (status === this.lastStatus && now - this.lastLineAt < LINE_INTERVAL_MS) return;
    this.lastStatus = status;
    this.lastLineAt = now;
    this.output.note(plainLine(job, pace));
  }

  /** With the ended job, the line shows its last numbers. May be called again. */
  stop(job?: Job): void {
    if (this.bar === undefined) return;
    if (job !== undefined) this.draw(job, { tasksPerSecond: this.pace(job).tasksPerSecond, secondsLeft: 0 });
    this.bar.stop();
    this.bar = undefined;
  }

  private draw(job: Job, pace: Pace): void {
    const columns = this.output.terminal.stderr.columns || COLUMNS_DEFAULT;
    // In the last column some terminals begin a new line.
    const plain = printable(terminalLine(job, pace, columns - 1));
    const line = this.output.colours ? failuresInRed(plain) : plain;
    if (this.bar === undefined) {
      this.bar = new SingleBar({
        stream: this.output.terminal.stderr,
        format: (_options, _params, payload: { readonly line: string }) => payload.line,
        hideCursor: true,
        emptyOnZero: true,
      });
      this.bar.start(1, 0, { line });
    } else this.bar.update(0, { line });
  }

  private pace({ progress: { totalTasks, succeeded, failed } }: Job): Pace {
    const tasksPerSecond = this.rate();
    if (totalTasks === undefined || tasksPerSecond === 0) return { tasksPerSecond };
    return { tasksPerSecond, secondsLeft: (totalTasks - succeeded - failed) / tasksPerSecond };
  }

  private rate(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return 0;
    return Math.max(0, ((last.done - first.done) * 1_000) / (last.at - first.at));
  }
}
