import type { Command } from 'commander';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { table } from './output.ts';
import { targetOf, warnAll } from './pane.ts';

export function registerList(command: Command): void {
  withOptions(command, 'place', 'target').action(
    act(async (context) => {
      const { panes, warnings } = await invoke(context, 'list', { target: targetOf(context) });
      warnAll(context, warnings);
      const rows = panes.map((view) => [
        `${view.pinned ? '*' : ' '}${view.pane}`,
        `${view.session}:${view.window}.${view.index}`,
        view.label ?? '-',
        view.agent ?? view.command,
        [
          view.state,
          ...(view.paused === null ? [] : ['paused']),
          ...(view.synchronized ? ['synchronized'] : []),
          ...(view.tooSmall && view.agent !== null ? ['too small'] : []),
        ].join(', '),
        view.owner === null ? '-' : view.owner.isOurs ? 'this one' : view.owner.home,
        view.version ?? '-',
        view.title,
      ]);
      const text =
        rows.length === 0
          ? 'no panes'
          : table([[' PANE', 'PLACE', 'LABEL', 'PROGRAM', 'STATE', 'BRIDGE', 'VERSION', 'TITLE'], ...rows]);
      const notes = new Set(
        panes.flatMap(({ agent, version, versionNote }) =>
          versionNote === null ? [] : [`note: ${agent} ${version}: ${versionNote}`],
        ),
      );
      context.out.result([text, ...notes].join('\n'), panes);
      return 0;
    }),
  );
}
