import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import type { AnswerView } from '../verbs.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { textFrom } from './text.ts';

export function registerAnswer(program: Command): void {
  const command = program
    .command('answer')
    .argument('<id>', 'a request id, or its last characters')
    .argument('[text...]', 'the answer; - reads stdin')
    .description(
      'answer a request as the human: the first answer wins, and yours replaces a controller’s until it is typed',
    );
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const [id, ...words] = command.args;
      const text = await textFrom(words, 'answer ID');
      const view = await invoke<AnswerView>(context, 'answer', { id, text, by: 'human:cli' });
      context.out.result(view.message, view);
      if (view.accepted === 'refused' || view.accepted === 'late') return ExitCode.failed;
      return view.exitCode;
    }),
  );
}
