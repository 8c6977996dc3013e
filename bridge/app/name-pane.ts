import { isBlank } from '../core/cleaning.ts';
import { BridgeError, usageError } from '../core/failure.ts';
import type { PaneAddress } from '../core/pane.ts';
import { visibleLine } from '../core/visible.ts';
import type { Caller } from '../host/caller.ts';
import type { Bridge } from './bridge.ts';

/** The live controller is found by this label, and answers for the human. */
const ofController = 'controller';

/**
 * Labels a pane as `@label`, and as `@name`, which is what smux calls it.
 * @returns the label that it had; null where it had none
 * @throws BridgeError for a label that nobody can see or type, and for an agent that would make a controller
 */
export async function namePane(
  { config, panes, servers }: Pick<Bridge, 'config' | 'panes' | 'servers'>,
  pane: PaneAddress,
  { label, border, caller }: { readonly label: string; readonly border: boolean; readonly caller: Caller | null },
): Promise<string | null> {
  if (isBlank(label)) throw usageError('label', label, 'holds nothing visible');
  if (visibleLine(label) !== label || label !== label.trim())
    throw usageError('label', visibleLine(label), 'invalid: one line of visible text, with no blank at either end');
  if (caller?.is !== 'nobody' && [ofController, config.controllerPane].includes(label))
    throw new BridgeError({
      what: 'label',
      target: label,
      reason: 'makes a pane the controller, and only you may',
      nextStep: 'run it in a shell of your own, outside of any agent program',
    });
  const server = servers.at(pane);
  const facts = await panes.facts(pane);
  if (server === null || facts === null)
    throw usageError('name', pane.paneId, 'there is no such pane', '`bridge list` shows those there are');
  const set = (...rest: string[]) => ['set-option', ...rest];
  const results = await server.runAll([
    set('-p', '-t', pane.paneId, '@label', label),
    set('-p', '-t', pane.paneId, '@name', label),
    ...(border
      ? [
          set('-w', '-t', pane.paneId, 'pane-border-status', 'top'),
          set('-w', '-t', pane.paneId, 'pane-border-format', borderFormat),
        ]
      : []),
  ]);
  const failed = results.find((result) => !result.ok);
  if (failed?.ok === false) throw new BridgeError({ what: 'name', target: pane.paneId, reason: failed.error });
  return facts.label || null;
}

/** The label, else the pane's title. What another wrote is no style of the border: tmux draws `##` as one sign. */
const borderFormat = ' #{?#{@label},#{s/#/##/:@label},#{s/#/##/:pane_title}} ';
