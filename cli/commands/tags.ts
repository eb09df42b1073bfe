import type { Command } from 'commander';
import type { Tag } from '../../contracts/job';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { collect } from '../options/collect';
import { tagsOf } from '../options/tag-options';
import { table } from '../output';
import { UsageError } from '../usage-error';

interface TagsOptions {
  readonly set?: readonly string[];
  readonly clear?: boolean;
}

/** `drover tags <job-id> …` */
export function addTagsCommand(program: Command, invocation: Invocation): void {
  program
    .command('tags')
    .description('Show or change the tags of a job, even after its end')
    .argument('<job-id>')
    .argument('[key=value...]', 'more tags of --set')
    .option('--set <key=value>', 'set this tag, and keep the others; may be repeated', collect)
    .option('--clear', 'remove all tags, then set those named here')
    .action(
      action<TagsOptions>(invocation, async ({ api, output }, [jobId = '', ...pairs], { set = [], clear = false }) => {
        if (pairs.length > 0 && set.length === 0) throw new UsageError('tags are given by --set key=value');
        const given = tagsOf([...set, ...pairs], '--set');
        const present = clear ? [] : (await api.getTags(jobId)).tags;
        const answer =
          given.length === 0 && !clear ? { tags: present } : await api.putTags(jobId, merged(present, given));
        output.result({ jobId, ...answer }, () => tagsTable(answer.tags));
        return EXIT.ok;
      }),
    );
}

function merged(present: readonly Tag[], given: readonly Tag[]): Tag[] {
  const tags = new Map([...present, ...given].map(({ Key, Value }) => [Key, Value]));
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

function tagsTable(tags: readonly Tag[]): string {
  if (tags.length === 0) return 'No tags.';
  return table([['KEY', 'VALUE'], ...tags.map(({ Key, Value }) => [Key, Value])]);
}
