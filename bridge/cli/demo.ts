import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { evidenceInWords } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { asPaneId } from '../core/ids.ts';
import { packageRoot } from '../launch/package-root.ts';
import { Daemon } from '../server/daemon.ts';
import { capture } from '../tmux/capture.ts';
import { ExecCommands, tmuxEnvironment } from '../tmux/exec.ts';
import { paint, print, reportFault } from './output.ts';

const question = 'Which database should the service use? One user, no server.';
const answer = 'Use SQLite, one file beside the service. Keep the path configurable.';

/** The demo's limit: whatever happens, it ends and cleans up. */
const limitMs = 25_000;

export function registerDemo(command: Command): void {
  command.action(async () => {
    try {
      process.exitCode = await demo();
    } catch (fault) {
      process.exitCode = reportFault(fault, false);
    }
  });
}

/** What a shell tells of a program that Ctrl-C ended. */
const interruptedCode = 130;

async function demo(): Promise<number> {
  const interrupted = new AbortController();
  // for as long as it takes: a second Ctrl-C would leave what the first is taking away
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  try {
    return await play(interrupted.signal);
  } catch (fault) {
    if (!interrupted.signal.aborted) throw fault;
    return interruptedCode;
  }
}

/** Looks at `stop` between its steps; whatever was begun is taken away before it ends. @throws where `stop` is aborted */
async function play(stop: AbortSignal): Promise<ExitCode> {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'bridge-demo-'));
  // the pane locks' folder too goes with the demo
  process.env.XDG_RUNTIME_DIR = folder;
  const socket = join(folder, 'tmux.sock');
  const tmux = new ExecCommands({ socketPath: socket });
  const tell = (text: string) =>
    print(`${paint('dim', `${((performance.now() - startedAt) / 1000).toFixed(2)}s`.padStart(7))}  ${text}`);
  let starting: Promise<Daemon | null> = Promise.resolve(null);
  try {
    const home = join(folder, 'home');
    const work = join(folder, 'work');
    const program = join(folder, 'codex');
    for (const path of [home, work]) mkdirPrivate(path);
    symlinkSync(join(packageRoot, 'bridge', 'demo', 'scripted-agent.mjs'), program);
    writeFileSync(
      join(home, 'bridge.yaml'),
      `controller:\n  backend: rules\npolicy:\n  - when: { text: /which database/i }\n    answer: |\n      WORKER INSTRUCTIONS:\n      ${answer}\n      NOTES:\n      Postgres would need a server that nobody here runs.\n`,
    );
    tell(`a worker starts on a private tmux server; it draws like Codex, and is a script`);
    stop.throwIfAborted();
    await startServer([
      '-S',
      socket,
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-s',
      'demo',
      '-x',
      '100',
      '-y',
      '30',
      '-c',
      work,
      process.execPath,
      program,
      '--ask-on-start',
      question,
      '--log',
      join(folder, 'agent.log'),
      '--name',
      'demo',
    ]);
    stop.throwIfAborted();
    await tmux.run('set-option', '-p', '-t', '=demo:', '@label', 'worker');
    const [paneId = ''] = await tmux.run('list-panes', '-t', '=demo:', '-F', '#{pane_id}');
    const seen = new Map<string, number>();
    const outcome = new Promise<PublicEvent>((resolve) => {
      const config = loadConfig({ home, flags: { socket, session: 'demo', trustWorkspace: false }, env: {} });
      starting = Daemon.start(config, new Date().toISOString(), (event) => {
        if (stop.aborted) return;
        narrate(event, seen, tell);
        if (event.type === 'request-changed' && ['delivered', 'failed', 'expired'].includes(event.request.state.is))
          resolve(event);
      }).catch((fault) => {
        resolve({ type: 'said', level: 'warning', text: String(fault) });
        return null;
      });
    });
    const ended = await Promise.race([outcome, limit(), aborted(stop)]);
    stop.throwIfAborted();
    if (ended === null || ended.type !== 'request-changed' || ended.request.state.is !== 'delivered') {
      throw new BridgeError({
        what: 'demo',
        target: 'the answer',
        reason: ended && 'text' in ended ? String(ended.text) : 'did not arrive in time',
        nextStep: '`bridge doctor` may say why',
      });
    }
    await untilDrawn(tmux, paneId, 'Done:');
    stop.throwIfAborted();
    tell('what the worker’s pane shows now:');
    const screen = await capture(tmux, asPaneId(paneId)!, { historyLines: 0 });
    const rows = (screen?.rows ?? []).map((row) => row.text).filter((row) => row.trim() !== '');
    print(rows.map((row) => paint('dim', `         │ ${row}`)).join('\n'));
    tell(paint('green', 'asked, answered, delivered once, verified'));
    return ExitCode.done;
  } finally {
    await (await starting)?.stop();
    await endServer(tmux);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    tell('the tmux server, the bridge and their folder are gone');
  }
}

/** In a process group of its own: Ctrl-C at the terminal does not reach it, and the server is there for certain once it has ended. */
async function startServer(argv: readonly string[]): Promise<void> {
  const child = spawn('tmux', [...argv], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: tmuxEnvironment(),
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (errors += piece));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw new BridgeError({ what: 'demo', target: 'tmux', reason: errors.trim() || `ended with ${code}` });
}

/** The server and what ran in its panes are gone when this returns. */
async function endServer(tmux: ExecCommands): Promise<void> {
  const lines = await tmux.run('list-panes', '-a', '-F', '#{pid} #{pane_pid}').catch(() => []);
  await tmux.run('kill-server').catch(() => []);
  const { setTimeout: pause } = await import('node:timers/promises');
  const giveUpAt = performance.now() + 5000;
  const pids = lines.flatMap((line) => line.split(' ').map(Number));
  while (pids.some(lives) && performance.now() < giveUpAt) await pause(20);
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)));
}

function narrate(event: PublicEvent, seen: Map<string, number>, tell: (text: string) => void): void {
  const since = (mark: string) => `${(performance.now() - (seen.get(mark) ?? performance.now())).toFixed(0)} ms`;
  if (event.type === 'worker-found')
    tell(`bridge watches ${event.worker} ${event.paneId} and reads it as ${event.agent}`);
  if (event.type === 'request-changed') {
    const { request } = event;
    if (request.state.is === 'open' && !seen.has('request')) {
      seen.set('request', performance.now());
      tell(`${paint('cyan', 'request')}  ${request.text}`);
    }
    if (request.state.is === 'answered' && !seen.has('answer')) {
      seen.set('answer', performance.now());
      tell(
        `${paint('cyan', 'answer')}   by ${request.state.answer.by}, ${since('request')} after the request was seen: ${request.state.answer.instructions}`,
      );
      if (request.state.answer.notes)
        tell(`         notes, for you only: ${request.state.answer.notes.split('\n').join('; ')}`);
    }
  }
  if (event.type === 'delivery-changed') {
    const { state } = event.delivery;
    if (state.is === 'held') tell(`${paint('yellow', 'held')}     ${state.reason}: ${state.detail}`);
    if (state.is === 'acknowledged')
      tell(`${paint('green', 'receipt')}  ${evidenceInWords(state.receipt)}, ${since('answer')} after the answer`);
  }
}

async function limit(): Promise<null> {
  const { setTimeout: pause } = await import('node:timers/promises');
  return pause(limitMs, null, { ref: false });
}

/** The worker has drawn its reply; at the limit the screen is shown as it is. */
async function untilDrawn(tmux: ExecCommands, paneId: string, words: string): Promise<void> {
  const { setTimeout: pause } = await import('node:timers/promises');
  const giveUpAt = performance.now() + 3000;
  while (performance.now() < giveUpAt) {
    const screen = await capture(tmux, asPaneId(paneId)!, { historyLines: 0 });
    if (screen?.rows.some((row) => row.text.includes(words))) return;
    await pause(30);
  }
}

function mkdirPrivate(path: string): void {
  mkdirSync(path, { mode: 0o700 });
}
