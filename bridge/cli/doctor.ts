import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { diagnose } from '../launch/doctor.ts';
import { thisMachine } from '../launch/doctor-world.ts';
import { act, withOptions } from './context.ts';
import { paint } from './output.ts';
import { socketOf } from './socket.ts';

export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('what is wrong here, and the remedy: tmux, socket, panes, agents, permissions');
  withOptions(command, 'place').action(
    act(async (context) => {
      const checks = await diagnose(thisMachine({ socketPath: socketOf(context.config), home: context.config.home }));
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
