import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import type { PublicEvent } from '../core/events.ts';
import { BridgeError, ExitCode, messageOf } from '../core/failure.ts';
import { escapeJson } from '../core/visible.ts';
import type { Notice } from '../host/notify.ts';
import { call, pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { clientTerminals } from '../tmux/pane.ts';
import { socketPathOf } from '../tmux/socket.ts';
import { type Context, withSocket } from './context.ts';
import { onHangup } from './hangup.ts';
import { stream } from './invoke.ts';
import { levelOf, recordOf, renderLive, repeats, short } from './live-log.ts';
import { paint } from './output.ts';

/** `bridge` without a command: the bridge itself, or what joins the one that lives. */
export async function runBridge(context: Context, command: Command): Promise<ExitCode> {
  if (context.config.simulateLog !== null) return runSimulation(context, context.config.simulateLog);
  const settled = withSocket(context);
  await refuseAbsent(settled, command);
  return (await joinLiving(settled)) ?? (await runDaemon(settled));
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

async function runSimulation({ config, out }: Context, file: string): Promise<ExitCode> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new BridgeError({
      what: '--simulate-log',
      target: file,
      reason: `cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      nextStep: 'name a readable file',
      exitCode: ExitCode.usageError,
      cause,
    });
  }
  const { simulate } = await import('../recordings/replay.ts');
  const found = await simulate(bytes, {
    columns: config.columns,
    rows: config.rows,
    agent: config.agent,
    closingLines: config.heuristic ? config.heuristicLines : 0,
  });
  const text = found.map(
    (detection, index) =>
      `${paint('bold', `${index + 1}. ${detection.kind}`)} at line ${detection.line}\n${detection.text.replace(/^/gm, '   ')}`,
  );
  out.result(text.length === 0 ? 'nothing would have been detected' : text.join('\n'), found);
  return ExitCode.done;
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
  const tell = eventPrinter({ config, out });
  try {
    await stream(context, 'follow', {}, tell, interrupted.signal);
  } catch (fault) {
    if ((await pingDaemon(path)) !== null) throw fault;
    out.warn(`bridge: process ${living.pid} has ended, and nobody watches now; the same command starts one`);
    return ExitCode.failed;
  }
  return ExitCode.done;
}

/** Shows events in this terminal: for people, or as lines of JSON. */
function eventPrinter({ config, out }: Pick<Context, 'config' | 'out'>): (event: PublicEvent) => void {
  const isRepeated = repeats();
  return (event) => {
    if (isRepeated(event)) return;
    if (config.json) {
      out.result('', { level: levelOf(event), time: Date.now(), ...recordOf(event) });
      return;
    }
    const line = renderLive(event, config.quiet);
    if (line === null) return;
    // a text of several lines does not look like several events
    out.say(`${paint('dim', new Date().toISOString().slice(11, 23))} ${line.replaceAll('\n', `\n${' '.repeat(13)}`)}`);
  };
}

async function runDaemon({ config, home, out }: Context): Promise<ExitCode> {
  const { Daemon } = await import('../server/daemon.ts');
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
  // the bell rings wherever somebody looks at the server, and here
  const terminals = async () => [
    ...(await clientTerminals(
      new ExecCommands({ socketPath: socketPathOf({ socket: config.socket, env: process.env }) }),
    ).catch(() => [])),
    '/dev/tty',
  ];
  const show = eventPrinter({ config, out });
  const on = (event: PublicEvent) => {
    file?.[levelOf(event) === 'warning' ? 'warn' : 'info'](recordOf(event));
    show(event);
    const notice = noticeOf(event);
    if (notice !== null) void callHuman(notice, config.notify, terminals, on);
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
  });
  process.stdout.on('error', () => process.kill(process.pid, 'SIGTERM'));
  const failed = new Promise<unknown>((resolve) => {
    process.once('uncaughtException', resolve);
    process.once('unhandledRejection', resolve);
  });
  const daemon = await Daemon.start(config, new Date().toISOString(), on);
  on({
    type: 'said',
    level: 'info',
    text: `watching; home ${config.home} (${home.because})${config.dryRun ? '; dry run: nothing is typed' : ''}`,
  });
  for (const text of config.oldKeys) on({ type: 'said', level: 'warning', text });
  const end = await Promise.race([stopped, failed.then((fault) => ({ fault }))]);
  if (typeof end === 'string') on({ type: 'said', level: 'info', text: `${end}: stopping` });
  await daemon.stop();
  // what is open is in the journal: the next start resumes it
  if (typeof end !== 'string') throw end.fault;
  return ExitCode.done;
}

/** What calls the human, in the words of the notification; null for what does not. */
function noticeOf(event: PublicEvent): Notice | null {
  if (event.type === 'human-needed') {
    const { worker, id } = event.request;
    return { title: `${worker} needs you`, text: `${event.why}\nbridge show ${short(id)}` };
  }
  if (event.type === 'answer-not-typed' && !event.isAwaited && event.by.startsWith('human')) {
    const { worker, id } = event.request;
    return { title: `your answer to ${worker} was not typed`, text: `${event.why}\nbridge show ${short(id)}` };
  }
  if (event.type === 'controller-blocked') {
    return { title: `${event.worker} waits at a dialog`, text: `${event.question}\n${event.attach}` };
  }
  if (event.type === 'letter-stranded') {
    const { envelope, id } = event.delivery;
    return { title: `a text to ${envelope.to} needs you`, text: `${event.why}\nbridge show ${short(id)}` };
  }
  return null;
}

/** A notification that fails is said and never stops the bridge. How often is decided where the event comes from. */
async function callHuman(
  notice: Notice,
  ways: Context['config']['notify'],
  terminals: () => Promise<readonly string[]>,
  on: (event: PublicEvent) => void,
): Promise<void> {
  const { notifyHuman } = await import('../host/notify.ts');
  const wanted = { bell: ways.bell ?? false, desktop: ways.desktop ?? false, command: ways.command ?? null };
  const report = await notifyHuman(notice, wanted, { terminals });
  for (const { way, reason } of report.failed)
    on({ type: 'said', level: 'warning', text: `notify: ${way}: ${reason}` });
}
