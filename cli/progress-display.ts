import { SingleBar } from 'cli-progress';
import type { Job } from './api-client';
import { limitsText } from './options/limit-options';
import { count, duration, type Output } from './output';
import { preparingText, refusedRowsText, statusText } from './status-text';

/** Rate is taken over this many looks: long enough to be steady, short enough to follow a change. */
const RATE_SAMPLES = 15;
/** Where there is no terminal, a line is written at this pace, and at once when the status changes. */
const LINE_INTERVAL_MS = 10_000;

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** Progress on stderr: a bar on a terminal, lines elsewhere. */
export class ProgressDisplay {
  started = false;
  private readonly samples: Sample[] = [];
  private bar: SingleBar | undefined;
  private lastStatus = '';
  private lastLineAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly output: Output) {}

  update(job: Job, now: number): void {
    this.started = true;
    const { succeeded, failed, totalTasks } = job.progress;
    const done = succeeded + failed;
    this.samples.push({ at: now, done });
    if (this.samples.length > RATE_SAMPLES) this.samples.shift();
    const rate = this.rate();
    const left = totalTasks === undefined || rate === 0 ? '-' : duration((totalTasks - done) / rate);
    const status = statusText(job);
    const waiting = waitingText(job);
    if (this.output.terminal.stderr.isTTY === true) {
      this.drawBar(totalTasks ?? 0, done, {
        status,
        rate: count(Math.round(rate)),
        left,
        failed: count(failed),
        waiting: waiting === '' ? '' : ` | ${waiting}`,
      });
      return;
    }
    if (status === this.lastStatus && now - this.lastLineAt < LINE_INTERVAL_MS) return;
    this.lastStatus = status;
    this.lastLineAt = now;
    const percent = totalTasks === undefined || totalTasks === 0 ? '-' : `${Math.floor((100 * done) / totalTasks)}%`;
    const numbers = `${percent}, ${count(done)} of ${count(totalTasks)} tasks, ${count(Math.round(rate))} tasks/s, ETA ${left}, ${count(failed)} failed`;
    this.output.note(`${status} ${numbers}${waiting === '' ? '' : `, ${waiting}`}`);
  }

  /** With the ended job, the bar shows its last numbers. May be called again. */
  stop(job?: Job): void {
    if (this.bar === undefined) return;
    if (job !== undefined) {
      const { succeeded, failed } = job.progress;
      this.bar.update(succeeded + failed, { status: job.status, left: '0s', failed: count(failed), waiting: '' });
    }
    this.bar.stop();
    this.bar = undefined;
  }

  private drawBar(total: number, done: number, payload: Record<string, string>): void {
    if (this.bar === undefined) {
      this.bar = new SingleBar({
        stream: this.output.terminal.stderr,
        format:
          '{status} [{bar}] {percentage}% | {value}/{total} | {rate} tasks/s | ETA {left} | {failed} failed{waiting}',
        barCompleteChar: '#',
        barIncompleteChar: '.',
        hideCursor: true,
        emptyOnZero: true,
        formatValue: (value, _options, type) => (type === 'percentage' ? String(value) : count(value)),
      });
      this.bar.start(total, done, payload);
      return;
    }
    this.bar.setTotal(total);
    this.bar.update(done, payload);
  }

  private rate(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return 0;
    return Math.max(0, ((last.done - first.done) * 1_000) / (last.at - first.at));
  }
}

/** What was found before the first task; nothing where there is nothing to know. */
function foundText(job: Job): string[] {
  const { duplicates = 0 } = job.preparing ?? {};
  const refused = refusedRowsText(job);
  return [
    ...(duplicates === 0 ? [] : [`${count(duplicates)} duplicates`]),
    ...(refused === undefined ? [] : [`refused rows: ${refused}`]),
  ];
}

function waitingText(job: Job): string {
  if (job.status === 'Suspended') return `waiting for: drover confirm ${job.jobId}`;
  const preparing = job.status === 'Preparing' ? preparingText(job) : undefined;
  const limits = limitsText(job.limits);
  return [
    ...(preparing === undefined ? [] : [preparing]),
    ...foundText(job),
    ...(limits === undefined ? [] : [`limits: ${limits}`]),
    ...(job.waitingFor === undefined ? [] : [`waiting for ${job.waitingFor}`]),
  ].join(', ');
}
