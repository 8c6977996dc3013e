import type { Command } from 'commander';
import { ExitCode } from '../core/failure.ts';
import { synchronizedInWords } from '../core/pane.ts';
import type { PortView } from '../server/port.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { act, type Context, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { targetOf, warnAll } from './pane.ts';

export function registerStatus(command: Command): void {
  command
    .option('--exit-code', 'exit 0 when idle, 1 for anything else')
    .option('--server', 'of the server instead: where `bridge serve` listens; exit 1 where it does not');
  withOptions(command, 'place', 'target').action(
    act(async (context, command) => {
      if (command.opts<{ server?: true }>().server) return serverStatus(context);
      const { status, because, warnings } = await invoke(context, 'status', { target: targetOf(context) });
      warnAll(context, warnings);
      const { pane, state, agent, composer, paused, synchronized, version, versionNote } = status;
      const draft = composer?.is === 'draft' ? ' (a draft is in the composer)' : '';
      const lines = [
        [`${state}${draft}`, ...(agent === null ? [] : [agent]), `${pane}: ${because}`].join('  '),
        ...(agent === null || paused === null ? [] : [`paused: ${paused}`]),
        ...(synchronized ? [`held: ${synchronizedInWords}`] : []),
        ...(version === null ? [] : [`version: ${version}${versionNote === null ? '' : `, ${versionNote}`}`]),
      ];
      context.out.result(lines.join('\n'), status);
      if (command.opts().exitCode !== true) return ExitCode.done;
      return state === 'idle' ? ExitCode.done : ExitCode.failed;
    }),
  );
}

async function serverStatus({ config, out }: Context): Promise<ExitCode> {
  const reply = await call(socketPath(config.home), 'portStatus', {});
  const view = (reply?.ok ?? { url: null, port: null }) as PortView;
  const isOpen = view.url !== null;
  if (!isOpen) out.warn(`bridge: no server is open for ${config.home}: bridge serve`);
  out.result(isOpen ? `${view.url}, its admin token in ${view.adminToken}` : '', { ...view, bridge: reply !== null });
  return isOpen ? ExitCode.done : ExitCode.failed;
}
