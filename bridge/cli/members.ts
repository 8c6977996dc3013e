import type { Command } from 'commander';
import type { MemberView } from '../api/members.ts';
import { inWords } from '../core/duration.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { membersFitted } from './member-table.ts';

export function registerMembers(command: Command): void {
  withOptions(command.option('--group <name>', 'those of this group'), 'place').action(
    act(async (context, command) => {
      const { group } = command.opts<{ group?: string }>();
      const isEmpty = group === undefined && (await hasNothing(context.config.home));
      const found = isEmpty ? [] : await invoke(context, 'members', { group: group ?? null });
      const none = 'no member yet: a worker is one as soon as a bridge has seen it; `bridge invite` has an agent join';
      context.out.result(found.length === 0 ? none : memberTable(found), found);
      return 0;
    }),
  );
}

/** A line for each, in 80 columns. */
export function memberTable(found: readonly MemberView[]): string {
  const rows = found.map(({ name, colour, state, awayForMs, agent, pane, role, model, groups, unread, isEnabled }) => ({
    colour,
    cells: [
      name,
      isEnabled ? (awayForMs === null ? state : `${state} ${inWords(awayForMs)}`) : 'disabled',
      agent ?? '-',
      pane ?? '-',
      role || '-',
      model || '-',
      groups.join(',') || '-',
      `${unread}`,
    ],
  }));
  return membersFitted(['NAME', 'STATE', 'PROGRAM', 'PANE', 'ROLE', 'MODEL', 'GROUPS', 'UNREAD'], rows);
}
