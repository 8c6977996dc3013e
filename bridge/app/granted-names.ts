import { rulesOf } from '../config/rules.ts';
import { isCalled } from '../core/names.ts';
import type { PaneIdentity } from '../core/pane.ts';
import type { Bridge } from './bridge.ts';

/**
 * Whether bridge.yaml grants something to whoever has a full name: keys in dialogs, a say in what others ask, or the answers of
 * a rule, or of another, that it names.
 * A person gives such a name; no agent takes it.
 * @param pane whose project's bridge.yaml counts as well; null where there is none yet
 */
export function grantedNames(
  { config, projects }: Pick<Bridge, 'config' | 'projects'>,
  pane: PaneIdentity | null,
): (name: string) => boolean {
  const rules = [...rulesOf(config), ...(pane === null ? [] : projects.settingsFor(pane).rules)];
  const peers = config.peers.flatMap(({ member, workers = [] }) => [member, ...workers]);
  const granted = [...config.dialogKeys, ...peers, ...rules.flatMap(({ when }) => when.worker ?? [])];
  return (name) => granted.some((one) => isCalled(name, one));
}
