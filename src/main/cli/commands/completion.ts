import { Argument, type Command } from 'commander';
import { allMethods } from '../../../common/contract/index.ts';
import type { CliIo } from '../io.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** What may follow one command. */
interface Words {
  /** `''` for the program itself, else `users`, `users add`. */
  readonly path: string;
  readonly words: readonly string[];
}

/** `signalbox completion bash|zsh|fish` */
export function addCompletionCommand(program: Command, io: CliIo): void {
  program
    .command('completion')
    .description('print completion for a shell, for example: source <(signalbox completion bash)')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: Shell) => {
      const words = collect(program, '');
      io.stdout.write(shell === 'fish' ? fishScript(words) : shell === 'zsh' ? zshScript(words) : bashScript(words));
    });
}

function collect(command: Command, path: string): Words[] {
  const children = command.commands;
  const methods = path === 'call' || path === 'help' ? [...allMethods().keys()] : [];
  const siblings = path === 'help' ? (command.parent?.commands ?? []).map((other) => other.name()) : [];
  const options = command.options.flatMap((option) => (option.long == null ? [] : [option.long]));
  const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
  return [
    { path, words: [...children.map((child) => child.name()), ...siblings, ...methods, ...choices, ...options] },
    ...children.flatMap((child) => collect(child, path === '' ? child.name() : `${path} ${child.name()}`)),
  ];
}

/** The function that finds the command among the words typed so far, then offers what may follow. */
function bashScript(all: readonly Words[]): string {
  const cases = all.map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`).join('\n');
  return `# bash completion of signalbox
_signalbox() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word words=''
  local known=' ${all.map(({ path }) => path.replaceAll(' ', '/')).join(' ')} '
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    local next="\${path:+$path/}$word"
    [[ "$known" == *" $next "* ]] && path="$next"
  done
  case "\${path//\\// }" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _signalbox signalbox
`;
}

function zshScript(all: readonly Words[]): string {
  return `#compdef signalbox
autoload -U +X bashcompinit && bashcompinit
${bashScript(all)}`;
}

function fishScript(all: readonly Words[]): string {
  const lines = all.flatMap(({ path, words }) => {
    const condition =
      path === ''
        ? '__fish_use_subcommand'
        : path
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and ');
    return words.map((word) =>
      word.startsWith('--')
        ? `complete -c signalbox -n '${condition}' -l ${word.slice(2)}`
        : `complete -c signalbox -f -n '${condition}' -a '${word}'`,
    );
  });
  return `# fish completion of signalbox\n${lines.join('\n')}\n`;
}
