import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { targetOf } from './pane.ts';

export function registerResolve(command: Command): void {
  command.argument('<name>', 'a member; or a label, place, title, window name or agent program');
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const target = targetOf(context);
      const resolved = await invoke(context, 'resolve', { name: command.args[0]!, target });
      const { found, socketPath, name } = resolved;
      const here = target.socket.named ?? target.socket.env.TMUX?.split(',')[0];
      if (here !== undefined && here !== socketPath)
        context.out.warn(`bridge: that pane is on another tmux server: ${socketPath}`);
      context.out.result(found.pane, { name, socketPath, ...found });
      return 0;
    }),
  );
}
