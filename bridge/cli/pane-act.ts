import type { Command } from 'commander';
import type { SendView } from '../api/views.ts';
import { ExitCode, usageError } from '../core/failure.ts';
import { type Context, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';
import { addressOf, targetOf, warnAll } from './pane.ts';

/** Declares what every command takes that works on a pane which is named first. */
export function onPane(command: Command): Command {
  command.argument('<target>', 'the pane: %3, session:window.pane, label, worker (shop/worker) or agent program');
  return withOptions(command, 'place', 'target');
}

/** A name for who acts, where its processes do not show it. */
export function withAs(command: Command): Command {
  return command.option('--as <name>', 'who you are, where your processes do not show it');
}

/** The pane that is named. */
export async function paneNamed(context: Context, name: string | undefined) {
  if (name === undefined || name.trim() === '')
    throw usageError('argument', 'target', 'missing', '`bridge list` shows the panes');
  const target = { ...targetOf(context), pane: name };
  const { found, warnings } = await invoke(context, 'target', { target, among: 'elsewhere' });
  warnAll(context, warnings);
  return found!.facts;
}

/** What a command gives the bridge about its pane and who runs it. */
export async function actingOn(context: Context, name: string | undefined, as: string | undefined) {
  const pane = await paneNamed(context, name);
  return { ...senderHere(as), pane: addressOf(pane), agent: context.config.agent };
}

/** Says what became of an act, and gives its exit code. */
export function actResult({ out }: Context, view: SendView, target: string): ExitCode {
  const { message, exitCode, delivery } = view;
  if (exitCode !== ExitCode.done) out.warn(`${message}\n        read it again: bridge read ${target}`);
  if (exitCode === ExitCode.undecided) out.warn(`what was seen: bridge show ${delivery.id}`);
  out.result(exitCode === ExitCode.done ? message : '', view);
  return exitCode;
}
