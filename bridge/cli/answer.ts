import type { Command } from 'commander';
import { ExitCode, usageError } from '../core/failure.ts';
import { callerHere } from './caller.ts';
import { actByDaemon, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { textFrom } from './text.ts';

export function registerAnswer(command: Command): void {
  command
    .argument('<id>', 'a request id, or its last characters')
    .argument('[text...]', 'the answer; - reads stdin')
    .option('--choose <option>', 'in a dialog: the option to choose, by number, label or key')
    .option('--again', 'an answer in doubt did not arrive: type the same once more');
  withOptions(command, 'place').action(
    actByDaemon(async (context, command) => {
      const [id = '', ...words] = command.args;
      const { choose, again } = command.opts<{ choose?: string; again?: true }>();
      if (choose !== undefined && words.length > 0) throw usageError('--choose', choose, 'stands instead of a text');
      if (again && (choose !== undefined || words.length > 0)) {
        throw usageError('--again', String(id), 'types what was typed before, and takes neither a text nor --choose');
      }
      const said = again ? { again } : choose === undefined ? { text: await textFrom(words, 'answer ID') } : { choose };
      const view = await invoke(context, 'answer', { id, ...said, by: 'human:cli', caller: callerHere() });
      context.out.result(view.message, view);
      if (view.accepted === 'refused' || view.accepted === 'late') return ExitCode.failed;
      return view.exitCode;
    }),
  );
}
