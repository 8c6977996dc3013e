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
  const news = new News(context, seat);
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
  transport.onmessage = (message) => {
    // nobody is told of changes who has not looked at a resource
    if ('method' in message && /^(?:resources|subscriptions)\//.test(message.method)) news.begin();
    onmessage?.(message);
  };
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

type Take = (event: JournalEvent, key: string) => void;

/** What is journaled from the first look on, for whoever listens. */
class News {
  readonly #context: Context;
  readonly #seat: { key(): Promise<string> };
  readonly #listening = new Set<Take>();
  readonly #stop = new AbortController();
  #isBegun = false;

  constructor(context: Context, seat: { key(): Promise<string> }) {
    this.#context = context;
    this.#seat = seat;
  }

  listen(take: Take): () => void {
    this.#listening.add(take);
    return () => this.#listening.delete(take);
  }

  begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    void this.#follow().catch(() => {
      this.#isBegun = false; // the next look tries again
    });
  }

  end(): void {
    this.#stop.abort();
  }

  async #follow(): Promise<void> {
    const key = await this.#seat.key();
    const take = (event: JournalEvent) => {
      for (const one of this.#listening) one(event, key);
    };
    await stream(this.#context, 'changes', {}, take, this.#stop.signal);
  }
}
