import type { Command } from 'commander';
import type { discover } from '../api/discover.ts';
import { messageOf } from '../core/failure.ts';
import { namedTmuxSockets } from '../host/tmux-sockets.ts';
import { ownSockets } from '../launch/server-search.ts';
import { act, type Context, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { senderHere } from './mail-lines.ts';
import { fitted } from './member-table.ts';

type Found = Awaited<ReturnType<typeof discover.run>>[number];

export function registerDiscover(command: Command): void {
  command.option('--add', 'make each of them a member, named by its label or its agent program');
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { socket } = context.config;
      const { TMUX } = process.env;
      const here = { env: process.env, cwd: process.cwd() };
      const sockets =
        socket === null ? [...(await ownSockets(here)), ...namedTmuxSockets(), ...inTmux(TMUX)] : [socket];
      const found = await invoke(context, 'discover', { sockets: [...new Set(sockets)], isOnly: socket !== null });
      const isAdding = command.opts<{ add?: true }>().add === true;
      const rows = [];
      for (const one of found) rows.push(isAdding && one.member === null ? await added(context, one) : one);
      const cells = rows.map(({ pane, session, window, index, agent, member, socketPath, path }) => [
        pane,
        `${session}:${window}.${index}`,
        agent,
        member ?? '-',
        path.split('/').at(-1) || path,
        socketPath,
      ]);
      const none = 'no agent program runs in any tmux server of yours';
      const table = fitted([['PANE', 'PLACE', 'PROGRAM', 'MEMBER', 'FOLDER', 'SERVER'], ...cells]);
      context.out.result(rows.length === 0 ? none : table, rows);
      return 0;
    }),
  );
}

/** The server that this shell is in; its path may hold commas. */
function inTmux(value: string | undefined): string[] {
  const [, path] = /^(.+),\d+,\d+$/.exec(value ?? '') ?? [];
  return path === undefined ? [] : [path];
}

/** One that cannot be added keeps nobody else from it: it is said. */
async function added(context: Context, found: Found): Promise<Found> {
  const { host, server, pane: paneId, socketPath } = found;
  const pane = { host, server, paneId, socketPath };
  const add = (name: string) => invoke(context, 'add', { name, pane, isNumbered: true, ...senderHere(undefined) });
  try {
    // a label may be any text, and a name may not
    const { name } = await add(found.label ?? found.agent).catch(() => add(found.agent));
    return { ...found, member: name };
  } catch (fault) {
    context.out.warn(`bridge: ${paneId} is not added: ${messageOf(fault)}`);
    return found;
  }
}
