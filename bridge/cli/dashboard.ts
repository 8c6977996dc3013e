import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { hubOptionsOf } from '../server/hub/hub-options.ts';
import type { PortView } from '../server/port.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { callerHere } from './caller.ts';
import { act, type Context, withOptions } from './context.ts';

const about = `
The link lets one browser in as you, once, within five minutes; after that a cookie does, until you log out or \`bridge token revoke\` ends it.
Where the server is not open yet, the bridge that runs opens it.
`;

/** `bridge dashboard`: opens the page of the server in a browser. */
export function registerDashboard(command: Command): void {
  command.option('--print', 'print the link, and open no browser').addHelpText('after', about);
  withOptions(command, 'place').action(
    act(async (context, command) => {
      const { link } = await ask<{ link: string }>(context, 'loginLink', await openedFirst(context));
      const isShown = command.opts<{ print?: true }>().print === true || !(await openInBrowser(link));
      context.out.result(isShown ? link : 'opened in your browser', { link });
      return ExitCode.done;
    }),
  );
}

async function openedFirst(context: Context): Promise<object> {
  const { url } = await ask<PortView>(context, 'portStatus', {});
  if (url === null) await ask(context, 'openPort', hubOptionsOf(context.config.server, {}));
  return {};
}

async function ask<Result>({ config }: Context, method: string, args: object): Promise<Result> {
  const reply = await call(socketPath(config.home), method, { ...args, caller: callerHere() });
  if (reply !== null) return reply.ok as Result;
  throw new BridgeError({
    what: 'dashboard',
    target: config.home,
    reason: 'no bridge runs for it',
    nextStep: '`bridge serve --detach` starts one',
  });
}

/** @returns whether a browser took it: over ssh and without a screen there is none */
function openInBrowser(link: string): Promise<boolean> {
  const { platform, env } = process;
  const program = platform === 'darwin' ? 'open' : 'xdg-open';
  if (platform !== 'darwin' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(program, [link], { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
