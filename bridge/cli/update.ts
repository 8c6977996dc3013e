import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { packageVersion } from '../host/package-version.ts';
import { installationOf } from '../launch/installation.ts';
import { pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { actDespite, contextDespite, withOptions } from './context.ts';

const how = {
  clone: 'a clone',
  global: 'a global package',
  npx: 'run by npx, which keeps it',
  dependency: 'a package of a project',
  elsewhere: 'a folder',
} as const;

export function registerUpdate(command: Command): void {
  withOptions(command, 'place').action(
    actDespite(async (command) => {
      const { config, out } = await contextDespite(command);
      const { is, folder, update } = installationOf();
      const living = await pingDaemon(socketPath(config.home)).catch(() => null);
      const commands = [...(living === null ? [] : ['bridge stop']), ...update];
      const next =
        update.length === 0
          ? ['how a newer one comes there is not known: get it where this one is from']
          : [
              'a newer one:',
              ...commands.map((line) => `  ${line}`),
              ...(is === 'clone' ? [] : ['the tarball of a newer one is what `npm pack` makes in a clone']),
              'nothing was changed',
            ];
      const lines = [
        `bridge ${packageVersion} (node ${process.versions.node}): ${how[is]}, ${folder}`,
        ...(living === null
          ? []
          : [
              `a bridge runs (pid ${living.pid}, version ${living.version}): commands of another version are refused by it`,
            ]),
        ...next,
      ];
      out.result(lines.join('\n'), {
        version: packageVersion,
        installed: is,
        folder,
        running: living?.version ?? null,
        commands,
      });
      return ExitCode.done;
    }),
  );
}
