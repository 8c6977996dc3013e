import type { Command } from 'commander';
import { backUp } from '../app/backup.ts';
import { ExitCode } from '../core/failure.ts';
import { act, withOptions } from './context.ts';

export function registerBackup(command: Command): void {
  command.argument('<file>', 'the backup, which must not be there yet; it is for you alone (0600)').addHelpText(
    'after',
    `
It holds the journal, inbox/, outbox/, archive/ and your bridge.yaml, as they are at one moment; a bridge may run meanwhile. What
an agent program keeps is not in it, nor what a repository holds.
`,
  );
  withOptions(command, 'place').action(
    act(async ({ config, out }, command) => {
      const backup = backUp(config.home, command.args[0]!, Date.now());
      for (const name of backup.leftOut) out.warn(`bridge: left out: ${name} is a link, or not bridge's`);
      const size = backup.bytes < 1e6 ? `${Math.ceil(backup.bytes / 1e3)} KB` : `${(backup.bytes / 1e6).toFixed(1)} MB`;
      out.result(`backed up ${backup.home} to ${backup.file}: ${backup.files} files, ${size}`, backup);
      return ExitCode.done;
    }),
  );
}
