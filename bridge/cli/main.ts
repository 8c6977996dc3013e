#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ExitCode, wrongUse } from '../core/failure.ts';
import { print, reportFault } from './output.ts';
import { registerRun } from './run.ts';
import { registerVersion } from './version.ts';

/** Each command's file is read only when it is named, or when help lists them all: a hand tool must be quick. */
const commands: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  requests: async () => (await import('./requests.ts')).registerRequests,
  show: async () => (await import('./show.ts')).registerShow,
  answer: async () => (await import('./answer.ts')).registerAnswer,
  pause: async () => (await import('./pause.ts')).registerPause,
  resume: async () => (await import('./resume.ts')).registerResume,
  policy: async () => (await import('./policy.ts')).registerPolicy,
  settle: async () => (await import('./settle.ts')).registerSettle,
  dismiss: async () => (await import('./dismiss.ts')).registerDismiss,
  ask: async () => (await import('./ask.ts')).registerAsk,
  send: async () => (await import('./send.ts')).registerSend,
  snapshot: async () => (await import('./snapshot.ts')).registerSnapshot,
  status: async () => (await import('./status.ts')).registerStatus,
  explain: async () => (await import('./explain.ts')).registerExplain,
  list: async () => (await import('./list.ts')).registerList,
  target: async () => (await import('./target.ts')).registerTarget,
  start: async () => (await import('./start.ts')).registerStart,
  notify: async () => (await import('./notify.ts')).registerNotify,
  stop: async () => (await import('./stop.ts')).registerStop,
  home: async () => (await import('./home.ts')).registerHome,
  verify: async () => (await import('./verify.ts')).registerVerify,
  archive: async () => (await import('./archive.ts')).registerArchive,
  log: async () => (await import('./log.ts')).registerLog,
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
  hooks: async () => (await import('./hooks.ts')).registerHooks,
  signal: async () => (await import('./signal.ts')).registerSignal,
  trust: async () => (await import('./trust.ts')).registerTrust,
  demo: async () => (await import('./demo.ts')).registerDemo,
};

// whoever reads our output may stop reading (`bridge --help | head`); what was asked for goes on
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code !== 'EPIPE') throw fault;
});

const program = new Command('bridge')
  .description(
    'The go-between for AI coding agents in tmux: a worker asks in its pane, the right answer is in its pane a moment later.',
  )
  .showSuggestionAfterError(true)
  .allowExcessArguments(false)
  // else the daemon's own --session, --agent and --socket take those of `start worker` and `start controller`
  .enablePositionalOptions()
  .helpCommand('help [command]', 'what a command does and which flags it takes')
  .configureOutput({
    writeOut: (text) => print(text.replace(/\n$/, '')),
    writeErr: (text) => print(text.replace(/\n$/, ''), process.stderr),
    outputError: (text, write) => write(text.replace(/^error: /, 'bridge: ').replace(/\n\((.+)\)/, '\n        $1')),
  })
  .exitOverride();

registerRun(program);
const words = process.argv.slice(2);
const [named0 = '-', about = '-'] = words;
const first = named0 === 'help' ? about : named0;
if (!first.startsWith('-') && !(first in commands) && !['help', 'version'].includes(first)) {
  process.exit(reportFault(wrongUse('command', first, 'is not known', '`bridge --help` lists the commands'), false));
}
const named = Object.keys(commands).filter((name) => words.includes(name));
const runsBridge = words.every((word) => word.startsWith('-')) && !words.some((word) => /^(-h|--help)$/.test(word));
const wanted = named.length > 0 ? named : runsBridge ? [] : Object.keys(commands);
for (const name of wanted) (await commands[name]!())(program);
registerVersion(program);

try {
  await program.parseAsync();
} catch (fault) {
  if (!(fault instanceof CommanderError)) throw fault;
  const takesText = named.some((name) => ['send', 'ask', 'answer', 'notify'].includes(name));
  if (fault.code === 'commander.unknownOption' && takesText) {
    print('        a text that begins with - goes after --', process.stderr);
  }
  process.exitCode = fault.exitCode === 0 ? ExitCode.done : ExitCode.wrongUse;
}
