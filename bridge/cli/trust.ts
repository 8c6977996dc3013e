import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { authorityOf, refuse } from '../authority.ts';
import { wrongUse } from '../core/failure.ts';
import { trust } from '../host/home.ts';
import { callerHere } from './caller.ts';
import { act } from './context.ts';

export function registerTrust(program: Command): void {
  program
    .command('trust')
    .argument('[folder]', 'folder that holds a bridge.yaml', '.')
    .description('let the bridge.yaml of a folder decide here; asked again when it changes')
    .option('--json', 'machine-readable output')
    .action(
      act(async ({ out }, command) => {
        const file = join(resolve(command.args[0] ?? '.'), 'bridge.yaml');
        if (!existsSync(file)) throw wrongUse('trust', file, 'does not exist', 'name the folder that holds it');
        const authority = authorityOf({ act: 'trust', caller: callerHere(), controller: null });
        if (authority.is === 'nobody') refuse('trust', file, authority);
        trust(file, homedir());
        out.result(`trusted ${file}`, { trusted: file });
        return 0;
      }),
    );
}
