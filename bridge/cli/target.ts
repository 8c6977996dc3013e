import type { Command } from 'commander';
import { BridgeError } from '../core/failure.ts';
import { clearPin, readPin, writePin } from '../launch/state-folder.ts';
import { nameOf } from '../panes/panes.ts';
import { act, withOptions } from './context.ts';
import { choosePane, describePane, lookerHere, panesOf, pinnedPane } from './pane.ts';

export function registerTarget(command: Command): void {
  command
    .argument('[target]', 'pane to pin: %3, session:window.pane, label, title, window name or agent program')
    .option('--clear', 'forget the pin');
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const place = { env: process.env, cwd: process.cwd() };
      const { known } = lookerHere(context);
      const { config, out } = context;
      if (command.opts().clear === true) {
        const cleared = clearPin(place);
        out.result(cleared ? 'the pin is cleared' : 'nothing was pinned', { pinned: null });
        return 0;
      }
      const named = command.args[0] ?? config.pane;
      if (named !== null && named !== undefined) {
        const all = await known.list();
        panesOf(config.session, all);
        const pane = await known.resolve(named, config.session, all);
        const file = writePin(place, {
          paneId: pane.paneId,
          socketPath: pane.socketPath,
          server: pane.server,
        });
        out.result(`pinned ${nameOf(pane)} (${file})`, { pinned: describePane(pane), file });
        return 0;
      }
      if (config.given.has('label')) {
        const pane = await choosePane(context, known);
        const file = writePin(place, {
          paneId: pane.paneId,
          socketPath: pane.socketPath,
          server: pane.server,
        });
        out.result(`pinned ${nameOf(pane)} (${file})`, { pinned: describePane(pane), file });
        return 0;
      }
      return show();

      async function show() {
        const pin = readPin(place);
        if (pin === null) {
          out.result('nothing is pinned', { pinned: null });
          return 0 as const;
        }
        const pane = pinnedPane(await known.list());
        if (pane === null) {
          throw new BridgeError({
            what: 'pin',
            target: pin.paneId,
            reason: 'is not a pane of this tmux server any more',
            nextStep: 'pin another pane, or `bridge target --clear`',
          });
        }
        out.result(`pinned ${nameOf(pane)}`, { pinned: describePane(pane) });
        return 0 as const;
      }
    }),
  );
}
