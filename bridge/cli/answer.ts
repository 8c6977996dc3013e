import type { Command } from 'commander';
import { ExitCode, usageError } from '../core/failure.ts';
import { actByDaemon, type Context, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { evidenceHere } from './mail-lines.ts';
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
      return answered(context, { id, ...said });
    }),
  );
}

/** Answers a request, and says what became of that. */
export async function answered(
  context: Context,
  said: { readonly id: string; readonly text?: string; readonly choose?: string; readonly again?: true },
): Promise<ExitCode> {
  const view = await invoke(context, 'answer', { ...said, by: 'human:cli', ...evidenceHere() });
  context.out.result(view.message, view);
  if (view.accepted === 'refused' || view.accepted === 'late') return ExitCode.failed;
  return view.exitCode;
}
