#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { registerAnswer } from './answer.ts';
import { registerAsk } from './ask.ts';
import { registerDemo } from './demo.ts';
import { registerDismiss } from './dismiss.ts';
import { registerDoctor } from './doctor.ts';
import { registerList } from './list.ts';
import { registerLog } from './log.ts';
import { registerNotify } from './notify.ts';
import { registerRequests } from './requests.ts';
import { registerRun } from './run.ts';
import { registerSend } from './send.ts';
import { registerShow } from './show.ts';
import { registerSnapshot } from './snapshot.ts';
import { registerStart } from './start.ts';
import { registerStatus } from './status.ts';
import { registerTarget } from './target.ts';
import { registerTrust } from './trust.ts';
import { registerVersion } from './version.ts';

const program = new Command('bridge')
  .description(
    'The go-between for AI coding agents in tmux: a worker asks in its pane, the right answer is in its pane a moment later.',
  )
  .showSuggestionAfterError(true)
  .allowExcessArguments(false)
  .helpCommand('help [command]', 'what a command does and which flags it takes')
  .exitOverride();

for (const register of [
  registerRun,
  registerRequests,
  registerShow,
  registerAnswer,
  registerDismiss,
  registerAsk,
  registerSend,
  registerSnapshot,
  registerStatus,
  registerList,
  registerTarget,
  registerStart,
  registerNotify,
  registerLog,
  registerDoctor,
  registerTrust,
  registerDemo,
  registerVersion,
]) {
  register(program);
}

try {
  await program.parseAsync();
} catch (fault) {
  if (!(fault instanceof CommanderError)) throw fault;
  process.exitCode = fault.exitCode === 0 ? ExitCode.done : ExitCode.wrongUse;
}
