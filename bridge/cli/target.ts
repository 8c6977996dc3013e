import type { Command } from 'commander';
import { BridgeError } from '../core/failure.ts';
import { clearPin, readPin, writePin } from '../launch/state-folder.ts';
import { act, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { targetOf, warnAll } from './pane.ts';

export function registerTarget(command: Command): void {
  command
    .argument('[target]', 'pane to pin: %3, session:window.pane, label, title, window name or agent program')
    .option('--clear', 'forget the pin');
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      const place = { env: process.env, cwd: process.cwd() };
      const { config, out } = context;
      const target = targetOf(context);
      if (command.opts().clear === true) {
        const cleared = clearPin(place);
        out.result(cleared ? 'the pin is cleared' : 'nothing was pinned', { pinned: null });
        return 0;
      }
      const named = command.args[0] ?? config.pane;
      if (named !== null || target.isLabelGiven) {
        const { found, warnings } = await invoke(context, 'target', { target: { ...target, pane: named } });
        warnAll(context, warnings);
        const { facts, view, name } = found!;
        const file = writePin(place, { paneId: facts.paneId, socketPath: facts.socketPath, server: facts.server });
        out.result(`pinned ${name} (${file})`, { pinned: view, file });
        return 0;
      }
      const pin = readPin(place);
      if (pin === null) {
        out.result('nothing is pinned', { pinned: null });
        return 0;
      }
      const { found } = await invoke(context, 'target', { target, among: 'pinned' });
      if (found === null) {
        throw new BridgeError({
          what: 'pin',
          target: pin.paneId,
          reason: 'is not a pane of this tmux server any more',
          nextStep: 'pin another pane, or `bridge target --clear`',
        });
      }
      out.result(`pinned ${found.name}`, { pinned: found.view });
      return 0;
    }),
  );
}
