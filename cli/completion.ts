import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** One command as a shell completes it. */
interface Node {
  /** Names from the program down; empty for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly subcommands: readonly string[];
  readonly options: readonly Option[];
}

/** A script for the shell, made of the commands and options that there are. */
export function completionScript(program: Command, shell: Shell): string {
  const nodes = nodesOf(program, []);
  if (shell === 'fish') return fishScript(nodes);
  const start = shell === 'zsh' ? ['autoload -Uz bashcompinit && bashcompinit'] : [];
  return [...start, bashScript(nodes)].join('\n');
}

function nodesOf(command: Command, path: readonly string[]): Node[] {
  const node = {
    path,
    description: command.description(),
    subcommands: command.commands.map((one) => one.name()),
    options: command.options.filter(({ long }) => long !== undefined),
  };
  return [node, ...command.commands.flatMap((one) => nodesOf(one, [...path, one.name()]))];
}

/** The command is found by the words that name one; behind an option with known values these are offered, else files. */
function bashScript(nodes: readonly Node[]): string {
  const words = nodes.map(({ path, subcommands, options }) => {
    const offered = [...subcommands, ...options.map(({ long }) => long ?? ''), '--help', '--json'];
    return `    ${quoted(path.join(' '))}) words=${quoted([...new Set(offered)].join(' '))} ;;`;
  });
  const values = nodes.flatMap(({ path, options }) =>
    options.flatMap(({ long = '', argChoices }) =>
      argChoices === undefined
        ? []
        : [`    ${quoted([...path, long].join(' '))}) words=${quoted(argChoices.join(' '))} ;;`],
    ),
  );
  const paths = nodes.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  return `_drover() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' i next
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${paths.join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${words.join('\n')}
  esac
  case "\${path:+$path }$prev" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _drover drover
`;
}

function fishScript(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, subcommands, options }) => {
    const when = conditionOf(path, subcommands);
    return [
      ...subcommands.map((name) => {
        const { description = '' } = nodes.find((one) => one.path.join(' ') === [...path, name].join(' ')) ?? {};
        return `complete -c drover -f -n ${quoted(when)} -a ${quoted(name)} -d ${quoted(description)}`;
      }),
      ...options.map(({ long = '', short, description, required, optional, argChoices }) => {
        const letter = short === undefined ? '' : ` -s ${short.slice(1)}`;
        const value = required || optional ? ' -r' : '';
        const choices = argChoices === undefined ? '' : ` -f -a ${quoted(argChoices.join(' '))}`;
        return `complete -c drover -n ${quoted(when)} -l ${long.slice(2)}${letter}${value}${choices} -d ${quoted(description)}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** True in fish where the words so far name the command, and none of its subcommands. */
function conditionOf(path: readonly string[], subcommands: readonly string[]): string {
  if (path.length === 0) return '__fish_use_subcommand';
  const named = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const deeper = subcommands.length === 0 ? [] : [`not __fish_seen_subcommand_from ${subcommands.join(' ')}`];
  return [...named, ...deeper].join('; and ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
