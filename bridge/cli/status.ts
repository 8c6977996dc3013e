import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { synchronizedInWords } from '../core/pane.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { targetOf, warnAll } from './pane.ts';

export function registerStatus(command: Command): void {
  command.option('--exit-code', 'exit 0 when idle, 1 for anything else');
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const { status, because, warnings } = await invoke(context, 'status', { target: targetOf(context) });
      warnAll(context, warnings);
      const { pane, state, agent, composer, paused, synchronized, version, versionNote } = status;
      const draft = composer?.is === 'draft' ? ' (a draft is in the composer)' : '';
      const lines = [
        [`${state}${draft}`, ...(agent === null ? [] : [agent]), `${pane}: ${because}`].join('  '),
        ...(agent === null || paused === null ? [] : [`paused: ${paused}`]),
        ...(synchronized ? [`held: ${synchronizedInWords}`] : []),
        ...(version === null ? [] : [`version: ${version}${versionNote === null ? '' : `, ${versionNote}`}`]),
      ];
      context.out.result(lines.join('\n'), status);
      if (command.opts().exitCode !== true) return ExitCode.done;
      return state === 'idle' ? ExitCode.done : ExitCode.failed;
    }),
  );
}
