/**
 * Goal: shells complete the commands, options and values that there are. Method: the script of bash in a real bash, that of
 * fish by its lines.
 */
import { execFileSync } from 'node:child_process';
import { runCli } from './run-cli';

async function completed(words: string[]): Promise<string[]> {
  const { stdout } = await runCli(['completion', 'bash']);
  const array = ['drover', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${stdout}\nCOMP_WORDS=(${array}); COMP_CWORD=${words.length}; _drover; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).trim().split('\n');
}

describe('completion', () => {
  test.each([
    [['des'], ['describe']],
    [['schedule', 'cr'], ['create']],
    [['create', '--pipe'], ['--pipeline']],
    [['create', '--wait', '--report-scope', 'A'], ['AllTasks']],
    [
      ['--json', 'report', '123', '--rows', 's'],
      ['succeeded', 'skipped'],
    ],
  ])('bash: %j', async (words, expected) => {
    expect((await completed(words)).sort()).toEqual([...expected].sort());
  });

  test('zsh loads the same, fish has a line for each option', async () => {
    expect((await runCli(['completion', 'zsh'])).stdout).toMatch(/^autoload -Uz bashcompinit && bashcompinit\n_drover/);
    const fish = (await runCli(['completion', 'fish'])).stdout;
    expect(fish).toContain(
      "complete -c drover -f -n '__fish_use_subcommand' -a 'pause' -d 'Pause a job; running batches stop",
    );
    expect(fish).toContain("-n '__fish_seen_subcommand_from report' -l output -s o -r -d 'write");
    expect(fish).toContain("-l rows -r -f -a 'failed succeeded skipped all'");
  });

  test('other shells are a usage error', async () => {
    expect(await runCli(['completion', 'tcsh'])).toMatchObject({ code: 2, stdout: '' });
  });
});
