import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { ancestorsOf } from '../host/caller.ts';
import { environmentAbove } from '../host/environment-above.ts';
import { systemSource } from '../host/process-source.ts';
import { actDespite, contextOf, withOptions } from './context.ts';
import { registerClients } from './mcp-clients.ts';
import { type SeatEnvironment, seatHere } from './mcp-seat.ts';

/** Clients hand on less than they have: codex 0.169 gives an MCP server HOME and PATH, and what is configured for it. */
const inherited = [
  ...(['BRIDGE_HOME', 'XDG_RUNTIME_DIR', 'TMUX_SOCKET', 'TMUX'] as const),
  ...(['AGENT_NAME', 'AGENT_TYPE', 'AGENT_GROUPS'] as const),
];

const about = `
Without a command it serves the client that started it, over stdin and stdout, until that hangs up. The agent gets a name, and its pane is
found by the processes above. The client may set AGENT_NAME, AGENT_TYPE and AGENT_GROUPS.
`;

export function registerMcp(command: Command): void {
  registerClients(command);
  command.addHelpText('after', about);
  withOptions(command, 'place').action(
    actDespite(async (command) => {
      inherit();
      const context = await contextOf(command);
      await serveStdin(seatHere(context, process.env as SeatEnvironment));
      return ExitCode.done;
    }),
  );
}

/** What this program was not given, as the processes above it have it. */
function inherit(): void {
  const above = ancestorsOf(systemSource(), process.ppid).map(({ pid }) => pid);
  for (const name of inherited) {
    const found = process.env[name] === undefined ? environmentAbove(name, above) : null;
    if (found !== null) process.env[name] = found;
  }
}

/** Serves the client at the other end of stdin and stdout until it hangs up. */
async function serveStdin(seat: ReturnType<typeof seatHere>): Promise<void> {
  const [{ serveStdio }, { mcpServerFor }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('../server/mcp/mcp-server.ts'),
  ]);
  // others can write to it from now on, whether it calls anything or not
  void seat.member().catch(() => {});
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
    process.stdout.once('error', () => resolve());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const handle = serveStdio(() => mcpServerFor(seat), { onerror: () => {} });
  await ended;
  await handle.close();
}
