import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command } from 'commander';
import { processNames, programNamed } from '../agent-programs/index.ts';
import { callerAbove } from '../host/caller.ts';
import { systemSource } from '../host/process-source.ts';
import { readSignal } from '../screen/agent-signals.ts';
import { sendOnly } from '../server/send-only.ts';
import { socketPath } from '../server/socket-path.ts';
import { print } from './output.ts';
import { readReport } from './report.ts';

/** A daemon that does not take the line within this time is not waited for: an agent waits for us. */
const sendLimitMs = 250;

/**
 * What an agent's own hook or notify program calls. Whatever happens it ends soon, with exit code 0, and without a word
 * on stdout, which the agent would take for a decision of the hook. Only --verbose speaks, on stderr.
 *
 * Kept apart from what the other commands need (commander, the configuration), and bundled into one file: Node itself takes most of its time.
 */
export async function signal(argv: readonly string[]): Promise<void> {
  const at = Date.now();
  let say = (_line: string) => {};
  try {
    const flags = flagsOf(argv);
    if (flags.verbose) say = (line) => print(`bridge signal: ${line}`, process.stderr);
    const { agent } = flags;
    if (agent === undefined) return say('--agent is missing; nothing is sent');
    const report = await readReport(flags.report);
    const { hooks } = programNamed(agent) ?? {};
    const facts = hooks !== undefined && 'signals' in hooks ? hooks.signals : undefined;
    const read = readSignal({ agent, facts, event: flags.event ?? null, report, at });
    if (read.is === 'nothing') return say(read.reason);
    const outcome = await sendOnly(
      socketPath(flags.home),
      'signal',
      {
        signal: read.signal,
        caller: callerAbove(systemSource(), process.ppid, processNames),
        tmuxSocket: process.env.TMUX?.split(',')[0] || null,
        paneHint: process.env.TMUX_PANE ?? null,
        pane: flags.pane ?? null,
      },
      sendLimitMs,
    );
    say(`${read.signal.kind} (${read.signal.event}): ${outcomes[outcome]}`);
  } catch (fault) {
    say(String(fault));
  }
}

const outcomes = {
  sent: 'sent; `bridge log` shows what became of it',
  'no-daemon': 'no bridge runs for this state directory',
  'too-slow': 'the bridge did not take it in time',
} as const;

function flagsOf(argv: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: {
      agent: { type: 'string' },
      event: { type: 'string' },
      pane: { type: 'string' },
      home: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  return { ...values, home: homeOf(values.home), report: positionals.at(-1) };
}

/** As every command finds it, but for the search upward: a hook runs in the worker's folder, which says nothing of us. */
function homeOf(flag: string | undefined): string {
  return resolve(flag || process.env.BRIDGE_HOME || join(homedir(), '.bridge'));
}

/** For `bridge --help`, and for those who call it by hand. */
export function registerSignal(command: Command): void {
  command
    .argument('[report]', "the agent's report as JSON; without one it is read from stdin")
    .option('--agent <name>', 'the agent program that calls')
    .option('--event <name>', "its name for the event, or one of ours; else the report's")
    .option('--pane <id>', 'by hand: the pane that is meant')
    .option('--home <folder>', 'the home of the bridge that is told')
    .option('--verbose', 'say on stderr what became of it')
    // a hook that was installed by hand, and wrongly, must not fail its agent either
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => signal(process.argv.slice(process.argv.indexOf('signal') + 1)));
}
