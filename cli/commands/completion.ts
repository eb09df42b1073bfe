import { Argument, type Command } from 'commander';
import { completionScript, type Shell, SHELLS } from '../completion';
import type { Invocation } from '../context';

/** `drover completion bash` */
export function addCompletionCommand(program: Command, invocation: Invocation): void {
  program
    .command('completion')
    .description('Print a script with which a shell completes commands, options and their values')
    .addArgument(new Argument('<shell>', 'the shell').choices([...SHELLS]))
    .addHelpText(
      'after',
      '\nbash: eval "$(drover completion bash)" in ~/.bashrc; zsh: eval "$(drover completion zsh)" in ~/.zshrc; fish: drover completion fish | source',
    )
    .action((shell: Shell) => {
      invocation.terminal.stdout.write(completionScript(program, shell));
    });
}
