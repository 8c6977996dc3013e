import type { Command } from 'commander';
import { evidenceInWords } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { DemoServer } from './demo-server.ts';
import { paint, print, reportFault } from './output.ts';

const question = 'Which database should the service use? One user, no server.';
const answer = 'Use SQLite, one file beside the service. Keep the path configurable.';

const yaml = `controller:
  backend: rules
policy:
  - when: { text: /which database/i }
    answer: |
      WORKER INSTRUCTIONS:
      ${answer}
      NOTES:
      Postgres would need a server that nobody here runs.
`;

/** The demo's limit: whatever happens, it ends and cleans up. */
const limitMs = 25_000;

export function registerDemo(command: Command): void {
  command.option('--mail', 'three agents that write to each other');
  command.option('--hub', 'two agents with MCP clients: one writes, one asks').action(async () => {
    try {
      process.exitCode = await demo(await played(command.opts<Flags>()));
    } catch (fault) {
      process.exitCode = reportFault(fault, false);
    }
  });
}

interface Flags {
  readonly mail?: boolean;
  readonly hub?: boolean;
}

async function played({ mail, hub }: Flags): Promise<(stop: AbortSignal) => Promise<ExitCode>> {
  if (hub === true) return (await import('./demo-hub.ts')).playHub;
  return mail === true ? (await import('./demo-mail.ts')).playMail : play;
}

/** What a shell tells of a program that Ctrl-C ended. */
const interruptedCode = 130;

async function demo(played: (stop: AbortSignal) => Promise<ExitCode>): Promise<number> {
  const interrupted = new AbortController();
  // for as long as it takes: a second Ctrl-C would leave what the first is taking away
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  try {
    return await played(interrupted.signal);
  } catch (fault) {
    if (!interrupted.signal.aborted) throw fault;
    return interruptedCode;
  }
}

/** Looks at `stop` between its steps; whatever was begun is taken away before it ends. @throws where `stop` is aborted */
async function play(stop: AbortSignal): Promise<ExitCode> {
  const server = new DemoServer(stop, yaml);
  const tell = (text: string) => server.tell(text);
  try {
    tell(`a worker starts on a private tmux server; it draws like Codex, and is a script`);
    const paneId = await server.addAgent({ label: 'worker', args: ['--ask-on-start', question] });
    const seen = new Map<string, number>();
    let ended: string | null = null;
    const started = server.startBridge((event) => {
      narrate(event, seen, tell);
      if (event.type === 'request-changed' && ['delivered', 'failed', 'expired'].includes(event.request.state.is))
        ended = event.request.state.is;
    });
    await Promise.all([started, server.until('the answer', () => ended !== null, limitMs)]);
    if (ended !== 'delivered')
      throw new BridgeError({
        what: 'demo',
        target: 'the answer',
        reason: String(ended),
        nextStep: '`bridge doctor` may say why',
      });
    await server
      .until('the reply', async () => (await server.rowsOf(paneId)).some((row) => row.includes('Done:')), 3_000)
      .catch(() => {});
    stop.throwIfAborted();
    tell('what the worker’s pane shows now:');
    print((await server.rowsOf(paneId)).map((row) => paint('dim', `         │ ${row}`)).join('\n'));
    tell(paint('green', 'asked, answered, delivered once, verified'));
    return ExitCode.done;
  } finally {
    await server.end();
  }
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
