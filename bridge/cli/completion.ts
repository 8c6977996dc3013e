import { Argument, type Command } from 'commander';
import { ExitCode, unknownName } from '../core/failure.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { commandLine } from './command-line.ts';
import { bashScript, fishScript, zshScript } from './completion-scripts.ts';
import { act, suggesting, withOptions } from './context.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };
const shells = Object.keys(scripts) as Array<keyof typeof scripts>;

export function registerCompletion(command: Command): void {
  command.addArgument(suggesting(new Argument('<shell>', shells.join(', ')), shells)).addHelpText(
    'after',
    `
What it prints is a script: the shell reads it when it starts, from the file that an example names. Where a bridge runs, it
completes the ids of open requests and the names of their workers, too.
`,
  );
  withOptions(command, 'place').action(
    act(async ({ config, out }, command) => {
      const [shell = ''] = command.args;
      // what the scripts themselves ask for
      if (shell === 'ids' || shell === 'workers') {
        out.result((await openOnes(config.home, shell)).join('\n'), null);
        return ExitCode.done;
      }
      const known = shells.find((one) => one === shell);
      if (known === undefined) throw unknownName('shell', shell, shells, `expected one of ${shells.join(', ')}`);
      const script = scripts[known](commandLine(command.parent!));
      out.result(script.trimEnd(), { shell: known, script });
      return ExitCode.done;
    }),
  );
}

/** So many characters of an id are enough to name it, as lists show it. */
const idEnd = 6;
/** A shell gets no name that it could take for more than a name: agents label their panes themselves. */
const plainName = /^[\w./@:][\w./@:-]*$/;

/** Of a bridge that runs; where none does, nothing is read and nothing said. */
async function openOnes(home: string, what: 'ids' | 'workers'): Promise<string[]> {
  const reply = await call(socketPath(home), 'requests', { all: false }).catch(() => null);
  const open = (reply?.ok ?? []) as ReadonlyArray<{ readonly id: string; readonly worker: string }>;
  const names = open.map(({ id, worker }) => (what === 'ids' ? id.slice(-idEnd) : worker));
  return [...new Set(names)].filter((name) => plainName.test(name));
}
