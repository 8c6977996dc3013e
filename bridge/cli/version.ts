import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { act } from './context.ts';

export function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export function registerVersion(program: Command): void {
  program.version(version(), '-V, --version', 'the version');
  program
    .command('version')
    .description('the version of bridge and of the Node it runs on')
    .option('--json', 'machine-readable output')
    .action(
      act(async ({ out }) => {
        out.result(`bridge ${version()} (node ${process.versions.node})`, {
          bridge: version(),
          node: process.versions.node,
        });
        return 0;
      }),
    );
}
