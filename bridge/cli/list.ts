import type { Command } from 'commander';
import { addressKey, isTooSmall } from '../core/pane.ts';
import { because } from '../core/reading.ts';
import { oncePerPane } from '../tmux/facts.ts';
import { act, withOptions } from './context.ts';
import { table } from './output.ts';
import { ownersOf } from './owners.ts';
import { describePane, lookerToRead, panesOf, pinnedPane } from './pane.ts';
import { pausesByPane } from './pauses.ts';
import { settle, versionIn } from './status.ts';

export function registerList(command: Command): void {
  withOptions(command, 'place', 'target').action(
    act(async (context) => {
      const { known } = await lookerToRead(context);
      const panes = oncePerPane(panesOf(context.config.session, await known.list()));
      const pinned = pinnedPane(panes);
      const pauseOf = await pausesByPane(context);
      const looks = await Promise.all(panes.map(async (pane) => known.readUnseen(pane) ?? (await settle(known, pane))));
      const owners = ownersOf(
        context,
        looks.flatMap((look) => (look === null ? [] : [look.snapshot.identity])),
      );
      const views = panes.map((pane, index) => {
        const look = looks[index] ?? null;
        const isAgent = look !== null && look.snapshot.identity.agentPid !== null && look.reading.agent !== 'unknown';
        const version = isAgent ? versionIn(known, look.snapshot) : null;
        return {
          ...describePane(pane),
          agent: look?.snapshot.program ?? null,
          version: version?.shown ?? null,
          versionNote: version?.note ?? null,
          state: look?.reading.state ?? 'exited',
          why: look ? because(look.reading) : 'the pane has closed',
          paused: pauseOf(pane),
          owner: owners.get(addressKey(pane)) ?? null,
          synchronized: (look?.snapshot.facts ?? pane).synchronized,
          tooSmall: isTooSmall(pane),
          pinned: pinned !== null && addressKey(pane) === addressKey(pinned),
        };
      });
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
          view.version ?? '-',
          pane.title,
        ];
      });
      const text =
        rows.length === 0
          ? 'there are no panes'
          : table([[' PANE', 'PLACE', 'LABEL', 'PROGRAM', 'STATE', 'BRIDGE', 'VERSION', 'TITLE'], ...rows]);
      const notes = new Set(
        views.flatMap(({ agent, version, versionNote }) =>
          versionNote === null ? [] : [`note: ${agent} ${version}: ${versionNote}`],
        ),
      );
      context.out.result([text, ...notes].join('\n'), views);
      return 0;
    }),
  );
}
