import type { Command } from 'commander';
import { packageVersion } from '../host/package-version.ts';
import { makeOutput } from './output.ts';

export function registerVersion(command: Command): void {
  command.option('--json', 'machine-readable output').action(({ json }: { json?: boolean }) => {
    const { node } = process.versions;
    makeOutput(json === true).result(`bridge ${packageVersion} (node ${node})`, { bridge: packageVersion, node });
  });
}
