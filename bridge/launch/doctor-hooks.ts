import { hookable } from '../agent-programs/index.ts';
import { BridgeError } from '../core/failure.ts';
import { type Check, good, warning } from './doctor-check.ts';
import { hookTargetOf } from './hooks/hook-target.ts';
import { type HooksEnvironment, installedHooks } from './hooks/hooks.ts';

/** In which agents' settings hooks of ours stand: bridge reads screens without them, and sooner and surer with them. */
export function agentHooksChecks(environment: HooksEnvironment): Check[] {
  const checks = hookable.flatMap(({ name }) => {
    const called = `hooks of ${name}`;
    try {
      const rows = installedHooks(hookTargetOf(name), environment);
      const ours = rows.filter(({ state }) => state === 'wired' || state === 'stale');
      if (ours.length === 0) return [];
      const where = [...new Set(ours.map(({ file }) => file))].join(', ');
      const renew = `bridge hooks install ${name}`;
      if (ours.some(({ state }) => state === 'stale'))
        return [warning(called, `${where}: installed by another bridge or for another state directory`, renew)];
      const missing = rows.filter(({ state }) => state === 'absent').map(({ event }) => event);
      if (missing.length > 0) return [warning(called, `${where}: without ${missing.join(', ')}`, renew)];
      const isReviewed = ours.every(({ trusted }) => trusted !== false);
      return [good(called, `installed in ${where}${isReviewed ? '' : ', not reviewed yet'}`)];
    } catch (fault) {
      if (!(fault instanceof BridgeError)) throw fault;
      return [warning(called, `${fault.target}: ${fault.reason}`)];
    }
  });
  if (checks.length > 0) return checks;
  return [
    good(
      'hooks of agents',
      `none are installed; \`bridge hooks install AGENT\` does it (${hookable.map(({ name }) => name).join(', ')})`,
    ),
  ];
}
