import type { Command } from 'commander';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { oneOrAll } from '../options/one-or-all';
import { changeLine } from '../text/change-line';
import { UsageError } from '../usage-error';

interface ResumeOptions {
  readonly reason?: string;
  readonly all?: boolean;
}

/** `drover resume <job-id>|--all` */
export function addResumeCommand(program: Command, invocation: Invocation): void {
  program
    .command('resume')
    .description('Resume a paused job; a job that was paused by priority resumes by itself')
    .argument('[job-id]')
    .option('--all', 'resume all jobs after pause --all; jobs that were paused by themselves stay so')
    .option('--reason <text>', 'reason, shown with the job')
    .action(
      action<ResumeOptions>(invocation, async ({ api, output }, [jobId], { reason, all }) => {
        const id = oneOrAll(jobId, all);
        if (id === undefined) {
          if (reason !== undefined) throw new UsageError('--reason cannot be combined with --all');
          output.result(await api.resumeAll(), () => 'All jobs go on, but for those that were paused by themselves.');
          return EXIT.ok;
        }
        const change = await api.change(id, 'resume', reason);
        output.result(change, () => changeLine(change));
        return EXIT.ok;
      }),
    );
}
