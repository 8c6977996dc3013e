import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';

export function registerAdd(command: Command): void {
  command
    .argument('<name>', 'as others write to it: coder, or shop/coder with its project')
    .option('--description <text>', 'what it does', '');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { description } = command.opts<{ description: string }>();
      const [name = ''] = command.args;
      const { isNew } = await invoke(context, 'add', { name, description });
      context.out.result(
        isNew
          ? `${name} is a member: mail for it waits until a pane of that name is seen`
          : `${name} is a member already`,
        { name, isNew },
      );
      return isNew ? ExitCode.done : ExitCode.failed;
    }),
  );
}
