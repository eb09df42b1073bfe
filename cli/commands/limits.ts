import type { Command } from 'commander';
import { limitsText } from '../../contracts/text/limits-text';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { addLimitOptions, type LimitOptions, limitsOf } from '../options/limit-options';
import { changeLine } from '../text/change-line';

/** `drover limits <job-id> …` */
export function addLimitsCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('limits')
    .description('Show or change the limits of a job, even while it runs; limits that are not named stay')
    .argument('<job-id>');
  addLimitOptions(command)
    .option('--none', 'remove all limits, then set those named here')
    .action(
      action<LimitOptions & { none?: boolean }>(invocation, async ({ api, output }, [jobId = ''], options) => {
        const named = limitsOf(options);
        const shows = options.none !== true && Object.keys(named).length === 0;
        const present = options.none === true ? {} : (await api.describeJob(jobId)).limits;
        if (shows) {
          output.result({ jobId, limits: present }, () => limitsText(present) ?? 'none');
          return EXIT.ok;
        }
        const limits = { ...present, ...named };
        const change = await api.setLimits(jobId, limits);
        output.result({ ...change, limits }, () => `${changeLine(change)}, limits: ${limitsText(limits) ?? 'none'}`);
        return EXIT.ok;
      }),
    );
}
