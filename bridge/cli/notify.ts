import type { Command } from 'commander';
import { tryAllWays } from '../app/alert-trial.ts';
import { keptSubscriptions, pushOf } from '../app/push.ts';
import { readerOfHome } from '../app/reader.ts';
import type { Config } from '../config/config-values.ts';
import { ExitCode } from '../core/failure.ts';
import { visibleLine } from '../core/visible.ts';
import { notifyHuman } from '../host/notify.ts';
import { act, withOptions } from './context.ts';
import type { Output } from './output.ts';

export function registerNotify(command: Command): void {
  command
    .argument('[text...]', 'what to say; `test` tries every way that bridge.yaml sets up', ['an agent needs you'])
    .option('--title <title>', 'headline', 'bridge')
    .option('--no-bell', 'do not ring')
    .option('--no-desktop', 'show nothing on the desktop');
  withOptions(command, 'place').action(
    act(async ({ config, out }, command) => {
      const flags = command.opts<{ title: string; bell: boolean; desktop: boolean }>();
      if (command.args.length === 1 && command.args[0] === 'test') return tryAll(config, out);
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

/** Every way that bridge.yaml sets up, at once, whatever rules and quiet hours say. */
async function tryAll(config: Config, out: Output): Promise<ExitCode> {
  const reader = readerOfHome(config);
  const journal = reader.journal();
  const push = journal === null ? null : pushOf(config, keptSubscriptions(config, journal));
  const tried = await tryAllWays(config, push);
  reader.close();
  const lines = tried.map(({ way, isSent, said }) =>
    visibleLine(`${way.padEnd(8)} ${isSent ? 'sent' : 'failed'}: ${said}`),
  );
  out.result(lines.length === 0 ? 'no way is set up: `notify:` in bridge.yaml' : lines.join('\n'), tried);
  return tried.some(({ isSent }) => isSent) ? ExitCode.done : ExitCode.failed;
}
