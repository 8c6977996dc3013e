import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';

export function registerUnsend(command: Command): void {
  command
    .argument('<id>', 'the characters behind # where it was sent')
    .option('--as <name>', 'who you are, where your processes do not show it');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { as } = command.opts<{ as?: string }>();
      const found = await invoke(context, 'unsend', { ...senderHere(as), id: command.args[0]!.replace(/^#/, '') });
      const text =
        found.withdrawn.length === 0
          ? 'too late: it is on its way, or has arrived'
          : `withdrawn from ${found.withdrawn.join(', ')}`;
      context.out.result(text, found);
      return found.withdrawn.length === 0 ? ExitCode.failed : ExitCode.done;
    }),
  );
}
