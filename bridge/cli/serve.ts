import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { prepareHome } from '../host/home.ts';
import { type HubFlags, type HubOptions, hubOptionsOf } from '../server/hub/hub-options.ts';
import type { PortView } from '../server/port.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { callerHere } from './caller.ts';
import { act, type Context, withOptions, withSocket } from './context.ts';

const about = `
Programs reach the bridge over HTTP, WebSocket and MCP. Everything but /health needs a token: the first start writes one of the role
admin to admin.token in the state directory; \`bridge token add\` gives others. \`server:\` of bridge.yaml takes the same options.

Clients of agent-chat find its endpoints here, by a token of their own: that of AGENT_CHAT_API_KEY, else of agent-chat.token, made at the first start.

A bridge that runs already opens the port itself, and goes on after \`bridge stop --server\`. Where none runs, this is \`bridge run\` with a
port; with --detach it stays in the background.

Beyond this machine only with TLS, or with --insecure-network: then whoever is in the network can read the tokens.
`;

/** `bridge serve`: opens the bridge to programs outside the shell. */
export function registerServe(command: Command): void {
  command
    .option('--port <n>', 'where it listens (default: 9420; 0: one that is free)')
    .option('--host <address>', 'on which interface (default: 127.0.0.1)')
    .option('--tls-cert <file>', 'certificate, PEM; with --tls-key')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--insecure-network', 'listen beyond this machine without TLS')
    .option('-d, --detach', 'go on in the background; what it says goes to server.log in the state directory')
    .option('-c, --config <file>', "in place of the state directory's bridge.yaml");
  withOptions(command, 'place', 'daemon', 'ask').addHelpText('after', about);
  command.action(
    act(async (context, command) => {
      const options = hubOptionsOf(context.config.server, command.opts<HubFlags>());
      const agentChatKey = process.env.AGENT_CHAT_API_KEY || null;
      const opened = await openInLiving(context, { ...options, agentChatKey });
      if (opened !== null) return show(context, opened);
      if (command.opts<{ detach?: true }>().detach) return startDetached(context);
      const { runDaemon } = await import('./running.ts');
      return runDaemon(withSocket(context), { options, agentChatKey });
    }),
  );
}

/** Null where no bridge runs for this state directory. */
async function openInLiving(
  { config }: Context,
  options: HubOptions & { readonly agentChatKey: string | null },
): Promise<PortView | null> {
  const reply = await call(socketPath(config.home), 'openPort', { ...options, caller: callerHere() });
  return (reply?.ok ?? null) as PortView | null;
}

function show({ out }: Context, view: PortView, more: Record<string, unknown> = {}): ExitCode {
  const lines = [
    `the server listens at ${view.url}`,
    `its admin token is in ${view.adminToken}`,
    `that of agent-chat's clients in ${view.agentChatToken}`,
  ];
  out.result(lines.join('\n'), { ...view, ...more });
  return ExitCode.done;
}

const startLimitMs = 30_000;
const lookEveryMs = 50;

/** Starts the same command line without a terminal, and waits until it listens. */
async function startDetached(context: Context): Promise<ExitCode> {
  const { home } = context.config;
  prepareHome(home);
  const logFile = join(home, 'server.log');
  const log = openSync(logFile, 'a', 0o600);
  const begun = statSync(logFile).size;
  const words = process.argv.slice(1).filter((word) => word !== '-d' && word !== '--detach');
  const child = spawn(process.execPath, [...process.execArgv, ...words], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const end = { code: null as number | null };
  child.once('exit', (code) => {
    end.code = code ?? 1;
  });
  for (const giveUpAt = Date.now() + startLimitMs; end.code === null && Date.now() < giveUpAt; ) {
    const view = await portOf(home);
    if (view?.url) {
      child.unref();
      return show(context, view, { pid: child.pid, log: logFile });
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  const said = readFileSync(logFile).subarray(begun).toString('utf8').trim();
  if (end.code === null) child.kill();
  throw new BridgeError({
    what: 'server',
    target: home,
    reason: end.code === null ? `does not listen after ${startLimitMs / 1000} s` : said || 'ended as it began',
    nextStep: `its log is ${logFile}`,
  });
}

/** How the server of a living bridge stands; null where none runs, or it does not answer yet. */
async function portOf(home: string): Promise<PortView | null> {
  const reply = await call(socketPath(home), 'portStatus', {}).catch(() => null);
  return (reply?.ok ?? null) as PortView | null;
}
