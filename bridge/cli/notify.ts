import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { notifyHuman } from '../host/notify.ts';
import { act, withOptions } from './context.ts';

export function registerNotify(command: Command): void {
  command
    .argument('[text...]', 'what to say', ['an agent needs you'])
    .option('--title <title>', 'headline', 'bridge')
    .option('--no-bell', 'do not ring')
    .option('--no-desktop', 'show nothing on the desktop');
  withOptions(command, 'place').action(
    act(async ({ config, out }, command) => {
      const flags = command.opts<{ title: string; bell: boolean; desktop: boolean }>();
      const text = command.args.length > 0 ? command.args.join(' ') : 'an agent needs you';
      const report = await notifyHuman(
        { title: flags.title, text },
        {
          bell: flags.bell && (config.notify.bell ?? true),
          desktop: flags.desktop && (config.notify.desktop ?? true),
          command: config.notify.command ?? null,
        },
      );
      for (const { way, reason } of report.failed) out.warn(`${way}: ${reason}`);
      out.result(report.done.join('\n'), report);
      return report.done.length > 0 ? ExitCode.done : ExitCode.failed;
    }),
  );
}
