import type { Command } from 'commander';
import { usageError } from '../core/failure.ts';
import { visibleLine } from '../core/visible.ts';
import { act } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';
import { addressOf } from './pane.ts';
import { onPane, paneNamed } from './pane-act.ts';

export function registerName(command: Command): void {
  onPane(command)
    .argument('<new-label>', 'any visible text; several panes may have the same')
    .option('--border', 'the window shows the labels of its panes on their borders')
    .action(
      act(async (context, command) => {
        const [name, label] = command.args;
        if (label === undefined) throw usageError('argument', 'label', 'missing', 'bridge name TARGET LABEL');
        const border = command.opts<{ border?: boolean }>().border === true;
        const pane = addressOf(await paneNamed(context, name));
        const found = await invoke(context, 'name', { pane, label, border, ...senderHere(undefined) });
        const before = found.before === null ? '' : ` (it was ${visibleLine(found.before)})`;
        context.out.result(`${found.pane} is ${visibleLine(found.label)}${before}`, found);
        return 0;
      }),
    );
}
