import type { Command } from 'commander';
import { act, withOptions } from './context.ts';

const about = `
A bridge watches the panes whose label begins with "worker", and answers them, until Ctrl-C or \`bridge stop\`. Beside one that runs
for this state directory, \`bridge run\` adds the server and session to it and follows its log: Ctrl-C ends the following, \`bridge
stop\` the bridge. With another --home it is another bridge.

\`bridge\` alone is the same where none runs; else it says how that stands. Flags of \`bridge run\` may follow \`bridge\` as well.

\`nohup bridge run … &\` outlives its terminal. SIGHUP ends a bridge only where a terminal that it writes to has been closed; else
it goes on, and opens --log anew: rename the file, then \`kill -HUP\`.
`;

/** `bridge run`: flags of panes are none of its own. */
export function registerRun(command: Command): void {
  runs(withOptions(command, 'place', 'daemon', 'ask').addHelpText('after', about));
}

/** `bridge` without a command: its flags may stand before one, too. */
export function registerBare(program: Command): void {
  runs(withOptions(program, 'place', 'target', 'daemon', 'ask'));
}

function runs(command: Command): void {
  command.action(act(async (context, command) => (await import('./running.ts')).runBridge(context, command)));
}
