import type { Command } from 'commander';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { call, pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { callerHere } from './caller.ts';
import { actByDaemon, withOptions } from './context.ts';

/** How long a bridge may take to end what it is typing. */
const stopLimitMs = 30_000;
const lookEveryMs = 50;

export function registerStop(command: Command): void {
  command.option('--server', 'close the port of `bridge serve`; the bridge goes on');
  withOptions(command, 'place').action(
    actByDaemon(async ({ config, out }, command) => {
      const path = socketPath(config.home);
      if (command.opts<{ server?: true }>().server) {
        const reply = await call(path, 'closePort', { caller: callerHere() });
        const wasOpen = (reply?.ok as { wasOpen: boolean } | undefined)?.wasOpen ?? false;
        if (!wasOpen) out.warn(`bridge: no server is open for ${config.home}`);
        out.result(wasOpen ? 'the server is closed; the bridge goes on' : '', { wasOpen });
        return wasOpen ? ExitCode.done : ExitCode.failed;
      }
      const living = await pingDaemon(path);
      if (living === null) {
        out.warn(`bridge: no bridge runs for ${config.home}`);
        out.result('', { stopped: null });
        return ExitCode.failed;
      }
      process.kill(living.pid, 'SIGTERM');
      const giveUpAt = Date.now() + stopLimitMs;
      while (isRunning(living.pid)) {
        if (Date.now() >= giveUpAt) {
          throw new BridgeError({
            what: 'stop',
            target: `process ${living.pid}`,
            reason: `has not ended within ${stopLimitMs / 1000} s`,
            nextStep: `look at its log; \`kill -9 ${living.pid}\` ends it at once, and the next bridge takes up what is open`,
          });
        }
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      }
      out.result(`bridge ${living.pid} has ended`, { stopped: living.pid });
      return ExitCode.done;
    }),
  );
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
