import { type Check, type Machine, warning } from './doctor-check.ts';

/** The commands with which the bridge looks and types. */
const ours = ['send-keys', 'paste-buffer', 'set-buffer', 'load-buffer', 'if-shell', 'display-message', 'capture-pane'];

/**
 * Hooks and aliases of the user that come with each key and text of ours: what they do, they do to any pane, and no condition
 * of the bridge can know it. Nothing is said where there are none.
 */
export async function hooksCheck(machine: Machine): Promise<Check[]> {
  const ask = async (...argv: string[]) =>
    (await machine.run('tmux', '-S', machine.socketPath, ...argv)).stdout.split('\n');
  const hooks = (await ask('show-hooks', '-g')).filter((line) =>
    ours.some((name) => new RegExp(`^after-${name}(?:\\[\\d+\\])? .`).test(line)),
  );
  const aliases = (await ask('show-options', '-s', 'command-alias')).filter((line) =>
    ours.some((name) => new RegExp(`^command-alias\\[\\d+\\] ["']?${name}=`).test(line)),
  );
  const found = [...hooks, ...aliases];
  if (found.length === 0) return [];
  return [
    warning(
      'tmux hooks',
      `tmux does this with every key or text of the bridge: ${found.join('; ')}`,
      'see that it touches no other pane, or remove it: set-hook -gu NAME, set-option -su command-alias[N]',
    ),
  ];
}
