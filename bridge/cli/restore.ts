import type { Command } from 'commander';
import { authorityOf, refuse } from '../app/authority.ts';
import { restore } from '../app/restore.ts';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { callerHere } from './caller.ts';
import { actDespite, contextDespite, withOptions } from './context.ts';

export function registerRestore(command: Command): void {
  command.argument('<file>', 'what `bridge backup` wrote').addHelpText(
    'after',
    `
Restores into a state directory that is empty or missing: nothing is merged, nothing written over. Nothing that waited when the
backup was made is typed: open requests are yours to answer anew, deliveries are cancelled, and answers that lay in outbox/ move
to archive/restored-outbox/.
`,
  );
  withOptions(command, 'place').action(
    actDespite(async (command) => {
      const { config, out } = await contextDespite(command);
      const { home } = config;
      const file = command.args[0]!;
      // its bridge.yaml and its trust decide what is typed
      const authority = authorityOf({ act: 'restore', caller: callerHere(), controller: null });
      if (authority.is === 'nobody') refuse('restore', file, authority);
      const living = await pingDaemon(socketPath(home)).catch(() => null);
      if (living !== null) {
        const nextStep = '`bridge stop` ends it; or name another state directory with --home';
        throw new BridgeError({
          what: 'restore',
          target: home,
          reason: `a bridge runs there (pid ${living.pid})`,
          nextStep,
        });
      }
      const made = await restore(file, home, Date.now());
      for (const { target, what } of made.findings) out.warn(`bridge: ${target}: ${what}; \`bridge verify\` says more`);
      const lines = [
        `restored ${home} from a backup of ${new Date(made.madeAt).toISOString()}: ${made.files} files`,
        `${made.open} open requests are yours to answer: \`bridge requests\``,
        ...(made.cancelled > 0
          ? [`${made.cancelled} deliveries that waited are cancelled: nothing of them is typed`]
          : []),
        ...(made.uncertain > 0 ? [`${made.uncertain} deliveries had been typed: look at their panes`] : []),
        ...made.answersPutAway.map((path) => `an answer that lay in outbox/ is in ${path}, and is not typed`),
      ];
      out.result(lines.join('\n'), made);
      return ExitCode.done;
    }),
  );
}
