import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { authorityOf, refuse } from '../app/authority.ts';
import { forProject } from '../config/config.ts';
import { rulesOf } from '../config/rules.ts';
import { usageError } from '../core/failure.ts';
import { digestOf, readConfigFile } from '../host/config-file.ts';
import { trust } from '../host/home.ts';
import { callerHere } from './caller.ts';
import { act } from './context.ts';

export function registerTrust(command: Command): void {
  command
    .argument('[folder]', 'project that holds a bridge.yaml', '.')
    .option('--json', 'machine-readable output')
    .action(
      act(async ({ config, out }, command) => {
        const file = join(resolve(command.args[0] ?? '.'), 'bridge.yaml');
        const bytes = readConfigFile(file);
        if (bytes === null) throw usageError('trust', file, 'does not exist', 'name the folder that holds it');
        // the bytes that are understood are the bytes that are trusted
        rulesOf(forProject(config, { path: file, text: bytes.toString('utf8') }));
        const authority = authorityOf({ act: 'trust', caller: callerHere(), controller: null });
        if (authority.is === 'nobody') refuse('trust', file, authority);
        trust(file, digestOf(bytes), homedir());
        out.result(`trusted ${file}: it counts for the workers of that project, from the next start of the bridge`, {
          trusted: file,
        });
        return 0;
      }),
    );
}
