import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { callerHere } from './caller.ts';
import { actByDaemon, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { describePauses } from './pauses.ts';

export function registerResume(command: Command): void {
  command
    .argument('[worker]', 'its name; without one, everything that is paused')
    .option('--thread <name>', 'let this thread go on: what is held there as a loop is sent');
  withOptions(command, 'place').action(
    actByDaemon(async (context, command) => {
      const { thread } = command.opts<{ thread?: string }>();
      if (thread !== undefined) {
        const { messages } = await invoke(context, 'release', { thread, caller: callerHere() });
        context.out.result(`thread ${thread}: ${messages === 0 ? 'nothing was held' : `goes on, ${messages} sent`}`, {
          messages,
        });
        return messages === 0 ? ExitCode.failed : ExitCode.done;
      }
      const worker = command.args[0] ?? null;
      const view = await invoke(context, 'resume', { worker, by: 'human:cli', caller: callerHere() });
      context.out.result([view.message, ...describePauses(view.pauses)].join('\n'), view);
      return worker !== null && view.changed.length === 0 ? ExitCode.failed : ExitCode.done;
    }),
  );
}
