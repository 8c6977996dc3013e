import type { Command } from 'commander';
import { inWords } from '../core/duration.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { table } from './output.ts';

export function registerMembers(command: Command): void {
  withOptions(command, 'place').action(
    act(async (context) => {
      const found = (await hasNothing(context.config.home)) ? [] : await invoke(context, 'members', {});
      const rows = found.map(({ name, pane, agent, state, unread, lastSeenAt }) => [
        name,
        pane ?? '-',
        agent ?? '-',
        state ?? (pane === null ? 'offline' : 'unknown'),
        `${unread}`,
        lastSeenAt === null ? 'never' : `${inWords(Date.now() - lastSeenAt)} ago`,
      ]);
      const none = 'no member yet: a worker is one as soon as a bridge has seen it';
      context.out.result(
        rows.length === 0 ? none : table([['NAME', 'PANE', 'AGENT', 'STATE', 'UNREAD', 'SEEN'], ...rows]),
        found,
      );
      return 0;
    }),
  );
}
