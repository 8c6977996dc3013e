import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { BridgeError, ExitCode } from '../core/failure.ts';
import type { BridgeEvent } from '../events.ts';
import type { Notice } from '../host/notify.ts';
import { ExecCommands } from '../tmux/exec.ts';
import { clientTerminals } from '../tmux/pane.ts';
import { socketPathOf } from '../tmux/socket.ts';
import { act, type Context, withOptions, withSocket } from './context.ts';
import { recordOf, renderLive, short } from './live-log.ts';
import { paint } from './output.ts';

export function registerRun(program: Command): void {
  withOptions(program, 'place', 'target', 'daemon', 'ask');
  program.addHelpText(
    'after',
    `
Without a command, bridge watches worker panes in the foreground and answers them:
  bridge --session macs --mode auto          a controller answers (see --controller-backend)
  bridge --session macs --mode manual        you answer, in outbox/ or with \`bridge answer\`
  bridge --session macs --dry-run            everything, and nothing typed
  bridge --simulate-log worker.log           what would have been detected in a recording
`,
  );
  program.action(
    act(async (context) => {
      if (context.config.simulateLog !== null) return runSimulation(context, context.config.simulateLog);
      return runDaemon(withSocket(context));
    }),
  );
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
      exitCode: ExitCode.wrongUse,
      cause,
    });
  }
  const { simulate } = await import('../screen/replay.ts');
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

async function runDaemon({ config, home, out }: Context): Promise<ExitCode> {
  const { Daemon } = await import('../daemon.ts');
  const { destination, pino } = await import('pino');
  const file: Logger | null =
    config.log === null
      ? null
      : pino(destination({ dest: config.log, append: true, mkdir: true, mode: 0o600, sync: true }));
  const machine: Logger | null = config.json ? pino({ base: null }, destination({ dest: 1, sync: true })) : null;
  // the bell rings wherever somebody looks at the server, and here
  const terminals = async () => [
    ...(await clientTerminals(
      new ExecCommands({ socketPath: socketPathOf({ socket: config.socket, env: process.env }) }),
    ).catch(() => [])),
    '/dev/tty',
  ];
  const on = (event: BridgeEvent) => {
    file?.info(recordOf(event));
    if (machine) {
      machine.info(recordOf(event));
    } else {
      const line = renderLive(event, config.quiet);
      if (line !== null) out.say(`${paint('dim', new Date().toISOString().slice(11, 23))} ${line}`);
    }
    const notice = noticeOf(event);
    if (notice !== null) void callHuman(notice, config.notify, terminals, on);
  };
  if (home.untrusted)
    on({
      type: 'said',
      level: 'warning',
      text: `${home.untrusted} is not trusted and not used; \`bridge trust\` lets it decide`,
    });
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
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
  const end = await Promise.race([stopped, failed.then((fault) => ({ fault }))]);
  if (typeof end === 'string') on({ type: 'said', level: 'info', text: `${end}: stopping` });
  await daemon.stop();
  // what is open is in the journal: the next start resumes it
  if (typeof end !== 'string') throw end.fault;
  return ExitCode.done;
}

/** What calls the human, in the words of the notification; null for what does not. */
function noticeOf(event: BridgeEvent): Notice | null {
  if (event.type === 'human-needed') {
    const { worker, id } = event.request;
    return { title: `${worker} needs you`, text: `${event.why}\nbridge show ${short(id)}` };
  }
  if (event.type === 'answer-not-typed' && !event.isAwaited && event.by.startsWith('human')) {
    const { worker, id } = event.request;
    return { title: `your answer to ${worker} was not typed`, text: `${event.why}\nbridge show ${short(id)}` };
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
  on: (event: BridgeEvent) => void,
): Promise<void> {
  const { notifyHuman } = await import('../host/notify.ts');
  const wanted = { bell: ways.bell ?? false, desktop: ways.desktop ?? false, command: ways.command ?? null };
  const report = await notifyHuman(notice, wanted, { terminals });
  for (const { way, reason } of report.failed)
    on({ type: 'said', level: 'warning', text: `notify: ${way}: ${reason}` });
}
