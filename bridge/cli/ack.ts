import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { shortId } from '../core/mail-lines.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';

export function registerAck(command: Command): void {
  command.argument('<id...>', 'the characters behind # in the line that landed');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const found = await invoke(context, 'ack', { ...senderHere(undefined), ids: command.args });
      const named = (ids: readonly string[]) => ids.map((id) => `#${shortId(id)}`).join(' ');
      const lines = [
        ...(found.read.length === 0 ? [] : [`read ${named(found.read)}`]),
        ...(found.unchanged.length === 0 ? [] : [`nothing to mark: ${named(found.unchanged)}`]),
      ];
      context.out.result(lines.join('\n'), found);
      return ExitCode.done;
    }),
  );
}
