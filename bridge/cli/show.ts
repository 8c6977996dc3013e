import type { Command } from 'commander';
import type { RequestView } from '../verbs.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { paint } from './output.ts';

export function registerShow(program: Command): void {
  const command = program
    .command('show')
    .argument('<id>', 'a request id, or its last characters')
    .description('one request whole: its text, its answer and notes, the receipt of its delivery');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const view = await invoke<RequestView>(context, 'show', { id: command.args[0] });
      context.out.result(render(view), view);
      return 0;
    }),
  );
}

export function render(view: RequestView): string {
  const parts = [
    `${paint('bold', view.id)}  ${view.worker} (${view.agent})  ${view.status}`,
    `opened ${new Date(view.openedAt).toISOString()}${view.kind === 'request' ? '' : `  ${view.kind}`}`,
    '',
    view.text,
  ];
  if (view.answer) {
    parts.push('', paint('bold', `answer by ${view.answer.by}`), view.answer.instructions);
    if (view.answer.notes) parts.push('', paint('bold', 'notes (not typed)'), view.answer.notes);
  }
  for (const late of view.late) parts.push('', paint('dim', `late answer by ${late.by}`), late.instructions);
  if (view.delivery) {
    const { state } = view.delivery;
    parts.push('', `${paint('bold', 'delivery')} ${view.delivery.id}: ${state.is}`);
    if (state.is === 'acknowledged') {
      parts.push(
        `receipt ${state.receipt.evidence} at ${new Date(state.receipt.at).toISOString()}`,
        ...state.receipt.lines.map((line) => `  | ${line}`),
      );
    }
  }
  return parts.join('\n');
}
