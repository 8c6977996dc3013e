import type { Command } from 'commander';
import { actByDaemon, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { hasNothing } from './journal.ts';
import { firstLine, table } from './output.ts';
import { describePauses } from './pauses.ts';

export function registerRequests(command: Command): void {
  command.option('--all', 'ended ones too');
  withOptions(command, 'place').action(
    actByDaemon(async (context, command) => {
      const isNew = await hasNothing(context.config.home);
      if (isNew) context.out.warn(`bridge: no bridge has run for ${context.config.home} yet`);
      const all = command.opts().all === true;
      const requests = isNew ? [] : await invoke(context, 'requests', { all });
      const rows = requests.map((view) => [view.id, view.worker, view.agent, view.status, firstLine(view.text, 48)]);
      const pauses = isNew ? [] : describePauses(await invoke(context, 'pauses', {}));
      const list =
        rows.length === 0 ? 'nothing is open' : table([['ID', 'WORKER', 'AGENT', 'STATUS', 'REQUEST'], ...rows]);
      context.out.result([...pauses, list].join('\n'), requests);
      return 0;
    }),
  );
}
