import { type Check, good, type Machine, warning } from './doctor-check.ts';

/** A pane of another bridge is answered by that one, whatever this one's rules say. */
export async function ownersCheck(machine: Machine): Promise<Check> {
  const name = 'owners';
  const owned = await machine.owned();
  const others = owned.filter(({ home }) => home !== machine.home);
  if (others.length > 0) {
    const list = others.map(({ pane, home, pid }) => `${pane} is watched by the bridge of ${home} (pid ${pid})`);
    return warning(
      name,
      list.join(', '),
      'answer there (`--home` names its state directory), or stop that bridge: this one takes over then',
    );
  }
  if (owned.length === 0) return good(name, 'no bridge watches a pane of this server');
  return good(name, `this home's bridge watches ${owned.map(({ pane }) => pane).join(', ')}`);
}
