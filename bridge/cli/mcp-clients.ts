import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { mcpClients } from '../agent-programs/mcp-clients.ts';
import { ExitCode, usageError } from '../core/failure.ts';
import { prepareHome } from '../host/home.ts';
import { repositoryOf } from '../host/repository.ts';
import { diffOf } from '../launch/hooks/diff.ts';
import { carryOut } from '../launch/hooks/hooks.ts';
import {
  type ClientPlace,
  clientNamed,
  noteClient,
  planClient,
  planWithout,
  shownEntry,
} from '../launch/mcp/install-client.ts';
import { packageRoot } from '../launch/package-root.ts';
import { act, type Context, withOptions } from './context.ts';

const names = mcpClients.map(({ name }) => name);

interface Flags {
  readonly project?: boolean;
  readonly global?: boolean;
  readonly print?: boolean;
}

/** `bridge mcp install` and `remove`: a client's own list of MCP servers. */
export function registerClients(mcp: Command): void {
  const install = place(mcp.command('install'), 'Have a coding client start this server');
  install.option('--print', 'print what would be put there, and change nothing');
  install.action(
    act(async (context, command) => {
      const { client, where, flags } = given(command);
      const words = commandFor(context, where.project !== null);
      if (flags.print === true) {
        const text = shownEntry(client, words);
        context.out.result(text, { client: client.name, text });
        return ExitCode.done;
      }
      const change = planClient(client, where, words);
      if (change !== null) carryOut({ changes: [change], notes: [] });
      if (where.project !== null) note(context, client.name, where.project, true);
      const notes = where.project === null || client.projectNote === null ? [] : [client.projectNote];
      const said = change === null ? `${client.name} starts bridge mcp already` : `installed: ${change.file.path}`;
      context.out.result([said, ...notes].join('\n'), {
        client: client.name,
        changed: change === null ? null : change.file.path,
        diff: change === null ? '' : diffOf(change.file.path, change.file.text, change.after),
      });
      return ExitCode.done;
    }),
  );
  place(mcp.command('remove'), 'Have a coding client start it no more').action(
    act(async (context, command) => {
      const { client, where } = given(command);
      const change = planWithout(client, where);
      if (change !== null) carryOut({ changes: [change], notes: [] });
      if (where.project !== null) note(context, client.name, where.project, false);
      const gone = change?.after === null ? ' (nothing was left of it)' : '';
      const said = change === null ? `${client.name} starts nothing of bridge` : `removed: ${change.file.path}${gone}`;
      context.out.result(said, { client: client.name, changed: change === null ? null : change.file.path });
      return ExitCode.done;
    }),
  );
}

function place(command: Command, says: string): Command {
  command
    .description(says)
    .argument('<client>', names.join(', '))
    .option('--global', 'in your own settings (the default)')
    .option('--project', "in the project's file, which others who work there share");
  return withOptions(command, 'place');
}

function given(command: Command) {
  const flags = command.opts<Flags>();
  if (flags.project && flags.global) throw usageError('--project', '--global', 'are one or the other');
  const project = flags.project ? (repositoryOf(process.cwd()) ?? process.cwd()) : null;
  const where: ClientPlace = { env: process.env, userFolder: homedir(), project };
  return { client: clientNamed(command.args[0]!), where, flags };
}

/** A project's file is for whoever has `bridge` on his PATH; a person's own names this very program. */
function commandFor({ config, home }: Context, isShared: boolean): string[] {
  if (isShared) return ['bridge', 'mcp'];
  const at = home.because === 'default' ? [] : ['--home', config.home];
  return [process.execPath, join(packageRoot, 'dist', 'cli', 'main.js'), 'mcp', ...at];
}

function note({ config }: Context, client: string, project: string, isThere: boolean): void {
  prepareHome(config.home);
  noteClient(config.home, { client, project }, isThere);
}
