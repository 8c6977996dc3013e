import type { Command } from 'commander';
import { addressKey, isTooSmall } from '../core/pane.ts';
import { because } from '../core/reading.ts';
import { act, withOptions } from './context.ts';
import { table } from './output.ts';
import { ownersOf } from './owners.ts';
import { describePane, panesOf, pinnedPane, sightOf } from './pane.ts';
import { pausesByPane } from './pauses.ts';
import { settle } from './status.ts';

export function registerList(program: Command): void {
  const command = program
    .command('list')
    .description(
      'every pane of the tmux server: where it is, which agent sits in it, what it does, which bridge watches it',
    );
  withOptions(command, 'place', 'target').action(
    act(async (context) => {
      const { sight } = sightOf(context);
      const panes = panesOf(context.config.session, await sight.panes());
      const pinned = pinnedPane(panes);
      const pauseOf = await pausesByPane(context);
      const owners = ownersOf(context, sight, panes);
      const views = await Promise.all(
        panes.map(async (pane) => {
          const settled = await settle(sight, pane);
          return {
            ...describePane(pane),
            agent: sight.programOf(pane),
            state: settled?.reading.state ?? 'exited',
            why: settled ? because(settled.reading) : 'the pane has closed',
            paused: pauseOf(pane),
            owner: owners.get(addressKey(pane)) ?? null,
            synchronized: (settled?.snapshot.facts ?? pane).synchronized,
            tooSmall: isTooSmall(pane),
            pinned: pinned !== null && addressKey(pane) === addressKey(pinned),
          };
        }),
      );
      const rows = panes.map((pane, index) => {
        const view = views[index]!;
        const place = `${pane.sessionName}:${pane.windowIndex}.${pane.paneIndex}`;
        return [
          `${view.pinned ? '*' : ' '}${pane.paneId}`,
          place,
          pane.label || '-',
          view.agent ?? pane.command,
          [
            view.state,
            ...(view.paused === null ? [] : ['paused']),
            ...(view.synchronized ? ['synchronized'] : []),
            ...(view.tooSmall && view.agent !== null ? ['too small'] : []),
          ].join(', '),
          view.owner === null ? '-' : view.owner.isOurs ? 'this one' : view.owner.home,
          pane.title,
        ];
      });
      const text =
        rows.length === 0
          ? 'there are no panes'
          : table([[' PANE', 'PLACE', 'LABEL', 'PROGRAM', 'STATE', 'BRIDGE', 'TITLE'], ...rows]);
      context.out.result(text, views);
      return 0;
    }),
  );
}
