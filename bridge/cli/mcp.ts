import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import type { JournalEvent } from '../core/journal-event.ts';
import { ancestorsOf } from '../host/caller.ts';
import { environmentAbove } from '../host/environment-above.ts';
import { systemSource } from '../host/process-source.ts';
import { actDespite, type Context, contextOf, withOptions } from './context.ts';
import { stream } from './invoke.ts';
import { registerClients } from './mcp-clients.ts';
import type { ElsewhereFlags } from './mcp-elsewhere.ts';
import { heldAtFirstLook, type JournalSource, News } from './mcp-news.ts';
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
  command
    .option('--server <url>', 'the tools of a `bridge serve` elsewhere; doorbells come by the bridge of this host')
    .option('--token-file <file>', 'its token there (default: BRIDGE_TOKEN)')
    .option('--insecure-network', 'also without TLS beyond this machine');
  withOptions(command, 'place').action(
    actDespite(async (command) => {
      inherit();
      const context = await contextOf(command);
      const elsewhere = command.opts<ElsewhereFlags>();
      if (elsewhere.server !== undefined) {
        const { serveElsewhere } = await import('./mcp-elsewhere.ts');
        await serveElsewhere(elsewhere, seatHere(context, process.env as SeatEnvironment), hungUp());
        return ExitCode.done;
      }
      await serveStdin(context, seatHere(context, process.env as SeatEnvironment));
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
async function serveStdin(context: Context, seat: ReturnType<typeof seatHere>): Promise<void> {
  const [{ serveStdio, StdioServerTransport }, { mcpServerFor }, { watchResources }] = await Promise.all([
    import('@modelcontextprotocol/server/stdio'),
    import('../server/mcp/mcp-server.ts'),
    import('../server/mcp/resources.ts'),
  ]);
  // others can write to it from now on, whether it calls anything or not
  void seat.member().catch(() => {});
  const ended = hungUp();
  const news = new News(journalOf(context), seat);
  const transport = new StdioServerTransport();
  const handle = serveStdio(
    ({ era }) => {
      const server = mcpServerFor(seat, true);
      watchResources(server, era, (take) => news.listen(take));
      return server;
    },
    { transport, onerror: () => {} },
  );
  const { onmessage } = transport;
  transport.onmessage = heldAtFirstLook(news, (message) => onmessage?.(message));
  await ended;
  news.end();
  await handle.close();
}

/** The client at the other end has gone, or this program is to end. */
function hungUp(): Promise<void> {
  return new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
    process.stdout.once('error', () => resolve());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** As the daemon has it, or where none lives the file itself. */
function journalOf(context: Context): JournalSource {
  return {
    async newest() {
      let newest = 0;
      const last = { id: null, last: 1, follow: false, withSubject: false };
      const take = ({ event }: { readonly event: JournalEvent }) => {
        newest = event.seq;
      };
      await stream(context, 'log', last, take, new AbortController().signal);
      return newest;
    },
    follow: (after, take, stop) => stream(context, 'changes', { after }, take, stop),
  };
}
