import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { addressKey } from '../core/pane.ts';
import { diagnose, type OwnedPane } from '../launch/doctor.ts';
import { thisMachine } from '../launch/doctor-world.ts';
import { oncePerPane } from '../tmux/pane.ts';
import { act, type Context, withOptions } from './context.ts';
import { paint } from './output.ts';
import { ownersOf } from './owners.ts';
import { sightOf } from './pane.ts';
import { socketOf } from './socket.ts';

export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('what is wrong here, and the remedy: tmux, socket, panes, agents, permissions');
  withOptions(command, 'place').action(
    act(async (context) => {
      const checks = await diagnose({
        ...thisMachine({ socketPath: socketOf(context.config), home: context.config.home }),
        owned: () => owned(context),
      });
      const lines = checks.map((check) => {
        const mark =
          check.ok === true
            ? paint('green', 'ok  ')
            : check.ok === 'warn'
              ? paint('yellow', 'note')
              : paint('red', 'BAD ');
        return `${mark} ${check.name}: ${check.detail}${check.remedy ? `\n       → ${check.remedy}` : ''}`;
      });
      context.out.result(lines.join('\n'), checks);
      return checks.some((check) => check.ok === false) ? ExitCode.failed : ExitCode.done;
    }),
  );
}

async function owned(context: Context): Promise<OwnedPane[]> {
  const { sight } = sightOf(context);
  // without a server there is nothing to own, which another check says
  const panes = oncePerPane(await sight.panes().catch(() => []));
  const owners = ownersOf(context, sight, panes);
  return panes.flatMap((pane) => {
    const owner = owners.get(addressKey(pane));
    const { label, paneId } = pane;
    return owner === undefined ? [] : [{ pane: [label, paneId].filter(Boolean).join(' '), ...owner }];
  });
}
