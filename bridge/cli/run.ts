import type { Command } from 'commander';
import { act, withOptions } from './context.ts';

export function registerRun(program: Command): void {
  withOptions(program, 'place', 'target', 'daemon', 'ask');
  program.addHelpText(
    'after',
    `
Without a command, bridge watches worker panes in the foreground and answers them:
  bridge --session macs --mode auto          a controller answers (see --controller-backend)
  bridge --session macs --mode manual        you answer, in outbox/ or with \`bridge answer\`
  bridge --session macs --dry-run            says what it would send, whom it would ask, when it would call you
  bridge --simulate-log worker.log           what would have been detected in a recording

While a bridge of this state directory runs, this adds the server and session to it and follows its log: Ctrl-C ends the
following, \`bridge stop\` the bridge. With another --home it is another bridge.

\`nohup bridge … &\` outlives its terminal. SIGHUP ends a bridge only where a terminal that it writes to has been closed; else
it goes on, and opens --log anew: rename the file, then \`kill -HUP\`.

Exit codes of every command:
  0 done    1 failed: the line says why, the next what to do    2 held: nothing was typed
  3 typed, and in doubt or not submitted: look at the pane      64 usage error: nothing was tried
`,
  );
  program.action(act(async (context, command) => (await import('./running.ts')).runBridge(context, command)));
}
