import type { Command } from 'commander';
import { packageVersion } from '../host/package-version.ts';
import { act } from './context.ts';

export function registerVersion(program: Command): void {
  program.version(packageVersion, '-V, --version', 'the version');
  program
    .command('version')
    .description('the version of bridge and of the Node it runs on')
    .option('--json', 'machine-readable output')
    .action(
      act(async ({ out }) => {
        out.result(`bridge ${packageVersion} (node ${process.versions.node})`, {
          bridge: packageVersion,
          node: process.versions.node,
        });
        return 0;
      }),
    );
}
