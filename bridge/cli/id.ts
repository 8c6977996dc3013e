import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';

export function registerId(command: Command): void {
  withOptions(command, 'place').action(
    act(async (context) => {
      const found = await invoke(context, 'id', senderHere(undefined));
      if (!found.isProven) context.out.warn('bridge: its environment says so, and its processes do not show it');
      context.out.result(found.pane.pane, found);
      return 0;
    }),
  );
}
