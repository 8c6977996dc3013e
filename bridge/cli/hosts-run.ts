import type { Command } from 'commander';
import { BridgeError, type ExitCode, usageError } from '../core/failure.ts';
import { runBridgeThere } from '../host/hosts/bridge-there.ts';
import { unknownHost } from '../host/hosts/hosts.ts';
import { callerHere } from './caller.ts';
import { act, type Context, withOptions } from './context.ts';
import { invoke } from './invoke.ts';
import { print } from './output.ts';
import { targetOf } from './pane.ts';

const limitMs = 120_000;

/** `bridge hosts run`: a command of the bridge that runs on another host, by the very program that runs there. */
export function registerHostsRun(hosts: Command): void {
  const run = hosts
    .command('run')
    .description('run a command of the bridge that has the panes there: requests, answer, show, members, …')
    .argument('<name>', 'the host')
    .argument('<command...>', 'the command and its words; -- before one with flags')
    .option('--there <dir>', 'its state directory there, where several bridges have panes');
  withOptions(run, 'place').action(
    act(async (context, command) => {
      const [name = '', ...words] = command.args;
      refuseAgent(name);
      const host = context.config.hosts.find((one) => one.name === name);
      if (host === undefined) throw unknownHost(name, context.config.hosts);
      const owner = await ownerThere(context, host.name, command.opts<{ there?: string }>().there);
      const [verb, ...rest] = words;
      const said = await runBridgeThere(host, owner.pid, [verb!, '--home', owner.home, ...rest], {
        stdin: '',
        limitMs,
      });
      if (said.stderr.trim() !== '') print(said.stderr.trimEnd(), process.stderr);
      if (said.stdout.trim() !== '') print(said.stdout.trimEnd());
      return said.code as ExitCode;
    }),
  );
}

/** There the command is a person's, whoever stands above it here. @throws BridgeError under an agent program */
function refuseAgent(name: string): void {
  const caller = callerHere();
  if (caller.is === 'nobody') return;
  throw new BridgeError({
    what: 'hosts run',
    target: name,
    reason: `this command runs under ${caller.program}, and on another host it would count as yours`,
    nextStep: 'run it in a shell of your own; `bridge tell NAME@HOST` is for agents, too',
  });
}

/** The bridge that has panes there. @throws BridgeError where none has, or several have */
async function ownerThere(context: Context, host: string, home: string | undefined) {
  const target = { ...targetOf(context), host, session: null, pane: null };
  const { panes } = await invoke(context, 'list', { target });
  const owners = panes.flatMap(({ owner }) =>
    owner !== null && !owner.isOurs && owner.home.startsWith('/') ? [owner] : [],
  );
  const known = [...new Map(owners.map((owner) => [owner.home, owner])).values()];
  const wanted = home === undefined ? known : known.filter((owner) => owner.home === home);
  const [owner, another] = wanted;
  const homes = known.map((one) => one.home).join(', ');
  if (owner === undefined) {
    const reason =
      known.length === 0 ? 'no bridge there has a pane' : `no bridge there has that state directory: ${homes}`;
    throw new BridgeError({ what: 'host', target: host, reason, nextStep: `bridge list --host ${host}` });
  }
  if (another !== undefined) throw usageError('host', host, `has several bridges: ${homes}`, '--there DIR names one');
  return owner;
}
