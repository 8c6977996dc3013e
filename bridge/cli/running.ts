import { homedir } from 'node:os';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { Overview } from '../api/overview.ts';
import type { PublicEvent } from '../core/events.ts';
import { ExitCode, messageOf } from '../core/failure.ts';
import { escapeJson } from '../core/visible.ts';
import type { HubOptions } from '../server/hub/hub-options.ts';
import { call, pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { type Context, withSocket } from './context.ts';
import { onHangup } from './hangup.ts';
import { stream } from './invoke.ts';
import { levelOf, recordOf } from './live-record.ts';
import { LiveView } from './live-view.ts';
import { livingLines, overviewLines } from './overview-lines.ts';

/**
 * `bridge run`, and `bridge` without a command: the bridge itself, or what joins the one that lives. A bare `bridge` beside one that
 * lives says how that stands, and changes nothing.
 */
export async function runBridge(context: Context, command: Command): Promise<ExitCode> {
  const { simulateLog } = context.config;
  if (simulateLog !== null) return (await import('./simulate.ts')).runSimulation(context, simulateLog);
  if (isBare(command) && (await showLiving(context))) return ExitCode.done;
  const settled = withSocket(context);
  await refuseAbsent(settled, command);
  return (await joinLiving(settled)) ?? (await runDaemon(settled));
}

/** Flags that say where and how, not what to do. */
const surroundings = ['home', 'socket', 'json', 'quiet', 'verbose'];

function isBare(command: Command): boolean {
  if (command.parent !== null) return false;
  const given = Object.keys(command.opts()).filter((key) => command.getOptionValueSource(key) === 'cli');
  return given.every((key) => surroundings.includes(key));
}

/** @returns false where no bridge runs for this state directory */
async function showLiving({ config, home, out }: Context): Promise<boolean> {
  const reply = await call(socketPath(config.home), 'overview', {});
  if (reply === null) return false;
  const found = reply.ok as Overview;
  out.result(livingLines(found, home, homedir(), Date.now()).join('\n'), found);
  return true;
}

/** What somebody types now is there now, or mistyped; what a file or the environment names may come later, as may the server. */
async function refuseAbsent(context: Context, command: Command): Promise<void> {
  const isTyped = (...keys: string[]) => keys.some((key) => command.getOptionValueSource(key) === 'cli');
  const { session, worker } = context.config;
  const [{ lookAt }, { panesOf }] = await Promise.all([import('../app/reader.ts'), import('../app/choose-pane.ts')]);
  const look = lookAt(context.config.socket!, context.config);
  const panes = await look.panes.list().catch(() => []);
  if (panes.length === 0) return;
  if (isTyped('session')) panesOf(session, panes);
  if (isTyped('worker', 'workerPane')) for (const target of worker) await look.panes.resolve(target, session, panes);
}

/** Settings that only the bridge itself takes when it starts. */
const ownFlags = [
  'mode',
  'worker',
  'controllerBackend',
  'controllerPane',
  'controllerCommand',
  'agent',
  'log',
] as const;

/** Adds the session to the bridge that runs already, and shows what that does; null when none runs, or this must be one of its own. */
async function joinLiving(context: Context): Promise<ExitCode | null> {
  const { config, out } = context;
  if (config.dryRun) return null;
  const path = socketPath(config.home);
  const living = await pingDaemon(path);
  if (living === null) return null;
  const added = await call(path, 'watch', { socketPath: config.socket, session: config.session });
  if (added === null) return null;
  const { isNew } = added.ok as { isNew: boolean };
  const what = config.session === null ? 'this tmux server' : `session ${config.session}`;
  out.say(
    `bridge ${living.pid} runs already and ${isNew ? `watches ${what} from now on` : `watches ${what}`}; its log (Ctrl-C ends the following, \`bridge stop\` the bridge):`,
  );
  const ignored = ownFlags.filter((key) => config.given.has(key));
  if (ignored.length > 0)
    out.warn(`bridge: it keeps the settings it was started with: ${ignored.join(', ')} given here changes nothing`);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupted.abort());
  process.stdout.on('error', () => interrupted.abort());
  const view = new LiveView(context);
  view.keepStatus(async () => ((await call(path, 'overview', {}))?.ok ?? null) as Overview | null);
  try {
    await stream(context, 'follow', {}, (event) => view.take(event), interrupted.signal);
  } catch (fault) {
    if ((await pingDaemon(path)) !== null) throw fault;
    out.warn(`bridge: process ${living.pid} has ended, and nobody watches now; the same command starts one`);
    return ExitCode.failed;
  } finally {
    view.close();
  }
  return ExitCode.done;
}

/** A start that takes longer, on a busy machine or beside a tmux that does not answer, is told as it goes. */
const longStartMs = 3_000;

const howToStop = `  ${'stop'.padEnd(9)} Ctrl-C, or \`bridge stop\``;

/** @param server where it listens for other programs; left out: nowhere */
export async function runDaemon(
  context: Context,
  server?: { readonly options: HubOptions; readonly agentChatKey: string | null },
): Promise<ExitCode> {
  const { config, home, out } = context;
  const [{ Daemon }, { overviewOf }] = await Promise.all([import('../server/daemon.ts'), import('../api/overview.ts')]);
  const { spoolRelay, wrapperCalls } = await import('./wrappers/calls.ts');
  const { destination, pino } = await import('pino');
  const log =
    config.log === null ? null : destination({ dest: config.log, append: true, mkdir: true, mode: 0o600, sync: true });
  // after a rotation the folder may be gone: that is said, and stops nothing
  log?.on('error', (fault) => out.warn(`bridge: --log: ${config.log}: ${messageOf(fault)}`));
  const file: Logger | null =
    log === null
      ? null
      : pino(
          {
            formatters: { level: (label) => ({ level: label === 'warn' ? 'warning' : label }) },
            hooks: { streamWrite: escapeJson },
          },
          log,
        );
  const view = new LiveView(context);
  // for a person the block at the beginning tells what is known by then, unless that takes long
  let early: PublicEvent[] | null = config.json ? null : [];
  const on = (event: PublicEvent) => {
    file?.[levelOf(event) === 'warning' ? 'warn' : 'info'](recordOf(event));
    if (early === null) view.take(event);
    else early.push(event);
  };
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
    onHangup({
      lost: () => resolve('the terminal has been closed'),
      goesOn: () => {
        log?.reopen();
        const reopened = log === null ? '' : `; ${config.log} is opened anew`;
        on({ type: 'said', level: 'info', text: `SIGHUP: going on${reopened}` });
      },
    });
    // `bridge run | head`: each line that is said after that fails likewise, and ends nothing more
    process.stdout.on('error', () => resolve('nobody reads what it prints'));
  });
  const failed = new Promise<unknown>((resolve) => {
    process.once('uncaughtException', resolve);
    process.once('unhandledRejection', resolve);
  });
  const showEarly = (isShown: (event: PublicEvent) => boolean = () => true) => {
    const events = (early ?? []).filter(isShown);
    early = null;
    for (const event of events) view.take(event);
  };
  const isLate = setTimeout(showEarly, longStartMs);
  const started = async () => {
    const daemon = await Daemon.start(config, new Date().toISOString(), on, (serving) => ({
      methods: { wrapper: wrapperCalls(config.home, serving) },
      // a dry run types nothing
      relay: config.dryRun ? async () => {} : spoolRelay(config.socket!, serving),
    }));
    try {
      if (server !== undefined) await daemon.port.open(server.options, server.agentChatKey);
      return daemon;
    } catch (fault) {
      await daemon.stop();
      throw fault;
    }
  };
  const daemon = await started()
    .catch((fault) => {
      showEarly();
      throw fault;
    })
    .finally(() => clearTimeout(isLate));
  const watching = `watching; home ${config.home} (${home.because})${config.dryRun ? '; dry run: nothing is typed' : ''}`;
  if (config.json) on({ type: 'said', level: 'info', text: watching });
  else {
    file?.info({ type: 'said', text: watching });
    const found = overviewOf(daemon.bridge);
    const { url, adminToken } = daemon.port.view();
    const listens = url === null ? [] : [`  ${'server'.padEnd(9)} ${url}, its admin token in ${adminToken}`];
    if (!config.quiet) out.say([...overviewLines(found, home, homedir()), ...listens, howToStop].join('\n'));
    showEarly(
      (event) =>
        !(
          event.type === 'worker-found' ||
          (event.type === 'said' && event.level === 'info' && isInBlock(event.text, found.answers, url))
        ),
    );
    view.keepStatus(async () => overviewOf(daemon.bridge));
  }
  for (const text of config.oldKeys) on({ type: 'said', level: 'warning', text });
  const end = await Promise.race([stopped, failed.then((fault) => ({ fault }))]);
  view.close();
  if (typeof end === 'string') on({ type: 'said', level: 'info', text: `${end}: stopping` });
  await daemon.stop();
  // what is open is in the journal: the next start resumes it
  if (typeof end !== 'string') throw end.fault;
  return ExitCode.done;
}

/** Whether the block at the beginning has said it already. */
function isInBlock(text: string, answers: string | null, url: string | null): boolean {
  return text === `answers come from ${answers}` || (url !== null && text.startsWith(`the server listens at ${url}`));
}
