import { type Command, Option } from 'commander';
import { commandsNames } from '../agent-programs/names.ts';
import type { SendView } from '../api/views.ts';
import { isBlank } from '../core/cleaning.ts';
import { ExitCode, usageError } from '../core/failure.ts';
import { type Via, vias } from '../core/native-input.ts';
import { asCommand, commandOf } from '../core/slash-command.ts';
import { callerHere } from './caller.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { addressOf, targetOf, warnAll } from './pane.ts';
import { seconds, textFrom } from './text.ts';

export function registerSend(command: Command): void {
  command
    .argument('[text...]', 'the text; - reads stdin')
    .option(
      '--force',
      'also while the agent is busy or its screen is not understood; never onto a dialog or over a draft',
    )
    .option('--allow-shell', 'also at a bare shell, ssh, docker or REPL, which executes it')
    .option('--wait <seconds>', 'wait this long for a pane that cannot take it now', '0')
    .option('--line-mode', 'each line is an input of its own, in order')
    .option('--keys', 'the arguments are names of keys (Escape, Up, C-u, Enter), pressed once and together')
    .option('--command', 'the text is a slash command of the agent (/compact), which is to run it')
    .option('--in-dialog', 'with --keys: pressed in the dialog that is open now, and in no other')
    .addOption(
      new Option(
        '--via <way>',
        "keyboard types it; native hands it to the program's native input, or fails; auto does that where it can (default: bridge.yaml's via, else keyboard)",
      ).choices(vias),
    )
    .option('--from <name>', 'who is writing', 'human');
  command.addHelpText(
    'after',
    `
A slash command is run only where the agent rests with an empty composer, and where what its list of commands makes of it is known
(${commandsNames.join(', ')}); the receipt says that it left the composer, not what it did. One that opens a list of the agent's own ends
with 3 where that list cannot be read: look, then --keys.

Keys that would submit a draft, or go to a screen that is not understood, need --force. A dialog that was raised as a
request is answered by \`bridge answer ID --choose\`, which is checked and verified.
`,
  );
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const flags = command.opts<{
        force?: boolean;
        allowShell?: boolean;
        wait: string;
        lineMode?: boolean;
        keys?: boolean;
        inDialog?: boolean;
        command?: boolean;
        from: string;
        via?: Via;
      }>();
      if (flags.keys && flags.lineMode) throw usageError('--keys', '--line-mode', 'is for text');
      if (flags.keys && flags.via) throw usageError('--keys', '--via', 'is for text');
      const besideCommand = [
        flags.keys && '--keys',
        flags.lineMode && '--line-mode',
        flags.force && '--force',
        flags.allowShell && '--allow-shell',
        flags.via && '--via',
      ].find(Boolean);
      if (flags.command && besideCommand) throw usageError('--command', besideCommand, 'does not go with it');
      if (flags.inDialog && !flags.keys) throw usageError('--in-dialog', '', 'goes with --keys');
      const text = await textFrom(command.args, 'send');
      if (flags.command) commandOf(text);
      const { found, warnings } = await invoke(context, 'target', { target: targetOf(context), among: 'elsewhere' });
      warnAll(context, warnings);
      const pane = found!.facts;
      context.out.warn(`Resolved target: session=${pane.sessionName} pane=${pane.paneId}`);
      const texts = flags.lineMode ? text.split('\n').filter((line) => !isBlank(line)) : [text];
      const views: SendView[] = [];
      for (const part of texts) {
        const view = await invoke(context, 'send', {
          pane: addressOf(pane),
          text: part,
          from: flags.from,
          agent: context.config.agent,
          force: flags.force === true || process.env.TARGET_PANE_GUARD_BUSY === '0',
          allowShell: flags.allowShell === true,
          command: flags.command === true,
          keys: !flags.keys ? undefined : flags.inDialog ? 'in-dialog' : 'outside-dialogs',
          waitMs: seconds(flags.wait, '--wait'),
          ...(flags.via && { via: flags.via }),
          caller: callerHere(),
        });
        views.push(view);
        if (!flags.command && !flags.keys && !flags.allowShell && view.exitCode === ExitCode.done && asCommand(part)) {
          context.out.warn(`sent as prose: ${part.trim()} was not run; \`bridge send --command\` runs a slash command`);
        }
        if (view.exitCode !== ExitCode.done) break;
      }
      const last = views.at(-1)!;
      if (last.exitCode !== ExitCode.done) context.out.warn(last.message);
      if (last.exitCode === ExitCode.undecided) context.out.warn(`what was seen: bridge show ${last.delivery.id}`);
      context.out.result(
        last.exitCode === ExitCode.done ? last.message : '',
        texts.length === 1 ? last : { deliveries: views, exitCode: last.exitCode },
      );
      return last.exitCode;
    }),
  );
}
