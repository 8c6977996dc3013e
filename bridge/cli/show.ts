import type { Command } from 'commander';
import type { ResultOf } from '../api/index.ts';
import type { RequestView, TextView } from '../api/views.ts';
import { listChoices } from '../core/choices.ts';
import { actByDaemon, withOptions } from './context.ts';
import { deliveryLines } from './delivery-lines.ts';
import { invoke } from './invoke.ts';
import { short } from './live-log.ts';
import { wholeMessageLines } from './mail-lines.ts';
import { paint } from './output.ts';

export function registerShow(command: Command): void {
  command.argument('<id>', 'the id of a request, a delivery or a message, or its last characters; #a3f2: of a message');
  withOptions(command, 'place').action(
    actByDaemon(async (context, command) => {
      const view = await invoke(context, 'show', { id: command.args[0]! });
      context.out.result(shown(view), view);
      return 0;
    }),
  );
}

function shown(view: ResultOf<'show'>): string {
  if ('message' in view) return wholeMessageLines(view.message, Date.now()).join('\n');
  return 'sent' in view ? renderText(view) : render(view);
}

function renderText({ sent }: TextView): string {
  const { from, to, kind, body, createdAt } = sent.envelope;
  const head = `${paint('bold', sent.id)}  ${kind} from ${from} to ${to}, ${new Date(createdAt).toISOString()}`;
  return [head, '', body, '', ...deliveryLines(sent)].join('\n');
}

/** Rows of a screen, without the blank ones around them and without runs of those; no row of it passes for a heading. */
function filled(screen: string): string[] {
  const rows = screen.replace(/\n\s*\n/g, '\n\n').replace(/^\n+|\s+$/g, '');
  return rows.split('\n').map((row) => `  ${row}`.trimEnd());
}

export function render(view: RequestView): string {
  const parts = [
    `${paint('bold', view.id)}  ${view.worker} (${view.agent})  ${view.status}`,
    `opened ${new Date(view.openedAt).toISOString()}${view.kind === 'request' ? '' : `  ${view.kind}`}`,
    '',
    view.text,
  ];
  if (view.screen !== null) parts.push('', paint('bold', 'on its screen'), ...filled(view.screen));
  if (view.answer) {
    parts.push('', paint('bold', `answer by ${view.answer.by}`), view.answer.instructions);
    if (view.answer.notes) parts.push('', paint('bold', 'notes (not typed)'), view.answer.notes);
  }
  if (view.notTyped) {
    parts.push('', paint('bold', `answer by ${view.notTyped.by}, never typed`), view.notTyped.instructions);
    if (view.notTyped.notes) parts.push('', paint('bold', 'notes'), view.notTyped.notes);
  }
  if (view.doubt) {
    parts.push('', paint('bold', `in doubt: the answer of ${view.doubt.answer.by}`), view.doubt.answer.instructions);
  }
  for (const late of view.late) parts.push('', paint('dim', `late answer by ${late.by}`), late.instructions);
  if (view.delivery) parts.push('', ...deliveryLines(view.delivery));
  if (view.choices.length > 0) {
    const choices = view.choices.map((choice) => ({
      ...choice,
      command: choice.command.replace(view.id, short(view.id)),
    }));
    parts.push('', paint('bold', 'what you can do'), ...listChoices(choices));
  }
  return parts.join('\n');
}
