import type { Command } from 'commander';
import { cleaned } from '../core/cleaning.ts';
import { ExitCode } from '../core/failure.ts';
import { aboveHere } from './caller.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { seconds, textFrom } from './text.ts';

export function registerAsk(command: Command): void {
  command
    .argument('[text...]', 'the question; - reads stdin')
    .option('--no-wait', 'print the request id at once; `bridge show ID` has the answer later')
    .option('--timeout <seconds>', 'give up waiting after this long; the request stays open (0: no timeout)', '0');
  withOptions(command, 'place', 'target', 'ask').action(
    act(async (context, command) => {
      const flags = command.opts<{ wait: boolean; timeout: string }>();
      const text = await textFrom(command.args, 'ask');
      const view = await invoke(context, 'ask', {
        text,
        ...aboveHere(),
        tmuxSocket: process.env.TMUX?.split(',')[0] || null,
        paneHint: process.env.TMUX_PANE ?? null,
        token: process.env.BRIDGE_TOKEN || null,
        agent: context.config.agent,
        wait: flags.wait,
        timeoutMs: seconds(flags.timeout, '--timeout'),
      });
      if (!flags.wait) {
        context.out.result(view.id, view);
        return ExitCode.done;
      }
      if (view.answer === null) {
        context.out.warn(`bridge: request ${view.id}: ${view.status}`);
        context.out.result('', view);
        return ExitCode.failed;
      }
      context.out.result(cleaned(view.answer), view);
      return ExitCode.done;
    }),
  );
}
