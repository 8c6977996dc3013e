import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { visibleLine } from '../core/visible.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';

export function registerRelay(command: Command): void {
  withOptions(command, 'place').action(
    act(async (context) => {
      const found = await invoke(context, 'relay', {});
      const { taken, refused } = found;
      const lines = refused.map(({ file, reason }) => visibleLine(`refused: ${reason}; it is ${file}`));
      const count = taken.length === 1 ? '1 message' : `${taken.length} messages`;
      context.out.result([`${count} taken up`, ...lines].join('\n'), found);
      return refused.length === 0 ? ExitCode.done : ExitCode.failed;
    }),
  );
}
