import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { BridgeError, ExitCode, unknownName, usageError } from '../core/failure.ts';
import { claimHome } from '../host/instance.ts';
import { act, type Context, withOptions } from './context.ts';

/** What a bridge keeps in its state directory. A project's own bridge.yaml stays where it is. */
const ours = /^(?:bridge\.db(?:-wal|-shm|\.lock|\.corrupt-.*)?|inbox|outbox|archive|threads)$/;

export function registerHome(command: Command): void {
  command
    .argument('[action]', 'move: bring the journal and mailbox of this state directory to another place')
    .option('--to <folder>', 'where to (default: ~/.bridge)');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const [action] = command.args;
      if (action === undefined) return show(context);
      if (action !== 'move') throw unknownName('action', action, ['move'], '`bridge home` or `bridge home move`');
      return move(context, resolve(command.opts<{ to?: string }>().to ?? join(homedir(), '.bridge')));
    }),
  );
}

/** Why a state directory is the one that is used. */
export const because = {
  flag: 'named with --home',
  environment: 'named by BRIDGE_HOME',
  older: 'an older bridge has kept its journal here',
  default: 'the default',
} as const;

function show({ home, out }: Context): ExitCode {
  out.result(`${home.folder} (${because[home.because]})`, { home: home.folder, because: home.because });
  return ExitCode.done;
}

/** Nothing is merged and nothing written over: the place must hold no journal yet. */
function move({ config, out }: Context, to: string): ExitCode {
  const from = config.home;
  if (from === to) throw usageError('home move', to, 'is where it is already', 'name another place with --to');
  if (!existsSync(join(from, 'bridge.db'))) throw usageError('home move', from, 'holds no journal');
  if (existsSync(join(to, 'bridge.db'))) {
    throw new BridgeError({
      what: 'home move',
      target: to,
      reason: 'holds a journal already, and two are not merged',
      nextStep: 'move to another place with --to, and use it with --home',
    });
  }
  const lock = claimHome(from, { pid: process.pid, session: null, since: new Date().toISOString() });
  try {
    mkdirSync(to, { recursive: true, mode: 0o700 });
    // the journal last: whoever is interrupted finds it where it was
    const names = readdirSync(from)
      .filter((name) => ours.test(name))
      .sort((a, b) => Number(a.startsWith('bridge.db')) - Number(b.startsWith('bridge.db')) || b.localeCompare(a));
    for (const name of names) {
      if (existsSync(join(to, name)) && readdirSync(join(to, name)).length > 0) {
        throw new BridgeError({ what: 'home move', target: join(to, name), reason: 'is there already and not empty' });
      }
    }
    for (const name of names) renameSync(join(from, name), join(to, name));
  } finally {
    lock.release();
  }
  out.result(`moved ${from} to ${to}; the bridge.yaml that is there counts for its own project's workers`, {
    from,
    to,
  });
  return ExitCode.done;
}
