import type { Command } from 'commander';
import type { RequestView } from '../api/views.ts';
import { inWords } from '../core/duration.ts';
import { firstLine } from '../core/first-line.ts';
import { questionOf } from '../core/question-line.ts';
import { visibleLine } from '../core/visible.ts';
import { actByDaemon, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { short } from './live-log.ts';
import { paint } from './output.ts';
import { describePauses } from './pauses.ts';
import { wrapped } from './wrapped.ts';

/** The question stands below its id, cut to one line of a terminal that nobody has widened. */
const indent = ' '.repeat(8);
const questionLimit = 80 - indent.length;

export function registerRequests(command: Command): void {
  command.option('--all', 'ended ones too');
  withOptions(command, 'place').action(
    actByDaemon(async (context, command) => {
      const isNew = await hasNothing(context.config.home);
      if (isNew) context.out.warn(`bridge: no bridge has run for ${context.config.home} yet`);
      const all = command.opts().all === true;
      const requests = isNew ? [] : await invoke(context, 'requests', { all });
      const pauses = isNew ? [] : describePauses(await invoke(context, 'pauses', {}));
      const entries = requests.length === 0 ? ['nothing is open'] : requests.map((view) => entry(view, Date.now()));
      const next = requests.some(({ choices }) => choices.length > 0)
        ? ['', '`bridge show ID` shows one whole, and how to answer it']
        : [];
      context.out.result([...pauses, ...entries, ...next].join('\n'), requests);
      return 0;
    }),
  );
}

/** Two lines: which one, whose, since when and why it waits; what is asked. On a terminal the first wraps as it must. */
function entry(view: RequestView, now: number): string {
  const head = visibleLine(`${short(view.id)}  ${view.worker}  ${inWords(now - view.openedAt)} ago  ${view.status}`);
  const { isTTY, columns = 80 } = process.stdout;
  const shown = isTTY ? wrapped(head, columns).replaceAll('\n', `\n${indent}`) : head;
  return `${shown}\n${indent}${paint('bold', firstLine(visibleLine(questionOf(view)), questionLimit))}`;
}
