import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { actByDaemon, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { describePauses } from './pauses.ts';

export function registerPause(command: Command): void {
  command
    .argument('[worker]', 'its name as `bridge requests` shows it; without one, all workers')
    .option('--reason <text>', 'shown wherever the pause is', 'asked for');
  withOptions(command, 'place').action(
    actByDaemon(async (context, command) => {
      const { reason } = command.opts<{ reason: string }>();
      const worker = command.args[0] ?? null;
      const view = await invoke(context, 'pause', { worker, reason, by: 'human:cli' });
      context.out.result([view.message, ...describePauses(view.pauses)].join('\n'), view);
      return ExitCode.done;
    }),
  );
}
