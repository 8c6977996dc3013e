import { messageOf } from '../core/failure.ts';
import { hostOfWay, pathOfWay } from '../core/way.ts';
import type { Hosts } from '../host/hosts/hosts.ts';
import { spawnSsh } from '../host/hosts/remote-shell.ts';
import { inQuotes } from '../host/hosts/ssh-host.ts';
import type { DistantProcesses } from '../panes/programs.ts';
import { TmuxError } from '../tmux/commands.ts';
import { ShellCommands } from '../tmux/shell-commands.ts';
import { type TmuxWay, wayHere } from '../tmux/way.ts';

/**
 * The way to a tmux server, here or on a host. There a control client is `tmux -C` at the other end of an `ssh` of its own, kept
 * for as long as it is attached; whatever else is asked goes through the one shell that is kept there.
 */
export function wayBy(hosts: Hosts): (socketPath: string) => TmuxWay {
  return (socketPath) => {
    const name = hostOfWay(socketPath);
    if (name === null) return wayHere(socketPath);
    const { host, shell } = hosts.at(name);
    const socket = pathOfWay(socketPath) ?? host.socket;
    return {
      socketPath,
      host: name,
      commands: new ShellCommands({ host: name, shell, socket, quote: inQuotes }),
      startTmux: (argv) => {
        const child = spawnSsh(host);
        // the shell gives its stdin to tmux: what follows is tmux's
        child.stdin!.write(`exec ${['tmux', ...onSocket(argv, socket)].map(inQuotes).join(' ')}\n`);
        return child;
      },
    };
  };
}

/** The socket that is configured for the host; where there is none, tmux must not take the marker for the name of one. */
function onSocket(argv: readonly string[], socket: string | null | undefined): readonly string[] {
  if (argv.includes('-S')) return argv;
  if (socket) return ['-S', socket, ...argv];
  const label = argv.indexOf('-L');
  return label < 0 ? argv : [...argv.slice(0, label), ...argv.slice(label + 2)];
}

/** The processes of a host. */
export function processesBy(hosts: Hosts): (name: string) => DistantProcesses {
  return (name) => {
    const { processes } = hosts.at(name);
    return {
      read: (pid) => processes.read(pid),
      children: (pid) => processes.children(pid),
      commandLine: (process) => processes.commandLine(process),
      readsTerminal: () => processes.readsTerminal(),
      refresh: (atMostMs) =>
        processes.refresh(atMostMs).catch((cause: unknown) => {
          throw new TmuxError('away', 'ps', `${name} is not reached: ${messageOf(cause)}`, cause);
        }),
    };
  };
}
