import { type AgentProgram, unseenInWords } from '../agent-programs/agent-program.ts';
import { launchable } from '../agent-programs/index.ts';
import { messageOf } from '../core/failure.ts';
import { bad, type Check, good, type Machine, warning } from './doctor-check.ts';
import { desktopCheck, homeCheck, sandboxCheck } from './doctor-environment.ts';
import { hooksCheck, ownersCheck, panesCheck, socketCheck, tmuxCheck } from './doctor-tmux.ts';
import { installLine } from './install-line.ts';

/** Looks at everything, whatever it finds on the way: a check that fails itself is a finding, not the end. */
export async function diagnose(machine: Machine): Promise<Check[]> {
  const looks: ReadonlyArray<{ name: string; look: () => Promise<Check[]> | Check[] }> = [
    { name: 'node', look: () => [nodeCheck(machine)] },
    { name: 'tmux', look: async () => [await tmuxCheck(machine)] },
    { name: 'socket', look: async () => [await socketCheck(machine)] },
    { name: 'panes', look: async () => [await panesCheck(machine)] },
    { name: 'owners', look: async () => [await ownersCheck(machine)] },
    { name: 'tmux hooks', look: () => hooksCheck(machine) },
    { name: 'agents', look: () => agentChecks(machine) },
    { name: 'home', look: () => homeCheck(machine) },
    { name: 'notifications', look: () => [desktopCheck(machine)] },
    { name: 'sandbox', look: () => [sandboxCheck(machine)] },
  ];
  const found = await Promise.all(
    looks.map(async ({ name, look }) => {
      try {
        return await look();
      } catch (fault) {
        return [bad(name, `could not be looked at: ${messageOf(fault)}`)];
      }
    }),
  );
  return found.flat();
}

function nodeCheck(machine: Machine): Check {
  const [major = 0, minor = 0] = machine.nodeVersion.replace(/^v/, '').split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  if (enough) return good('node', machine.nodeVersion);
  return bad('node', `${machine.nodeVersion}, 20.19 or newer is needed`, installLine('node', machine));
}

async function agentChecks(machine: Machine): Promise<Check[]> {
  const checks = await Promise.all(
    launchable.map(async (program): Promise<Check[]> => {
      const { name, launch } = program;
      const path = machine.find(launch.executable);
      if (path === null) return [];
      const said = await machine.run(path, '--version');
      const version = said.stdout.trim().split('\n')[0];
      if (said.code === 0 && version) return [versionCheck(program, version, path)];
      const reason = said.stderr.trim().split('\n')[0] || 'it did not answer --version';
      return [warning(`agent ${name}`, `${path}: ${reason}`, launch.install)];
    }),
  );
  const found = checks.flat();
  if (found.length > 0) return found;
  const names = launchable.map(({ launch }) => launch.executable).join(', ');
  return [warning('agents', `none of ${names} is on PATH`, launchable[0]!.launch.install)];
}

function versionCheck(program: AgentProgram, version: string, path: string): Check {
  const name = `agent ${program.name}`;
  const note = unseenInWords(program, /\d+\.\d+(?:\.\d+)*/.exec(version)?.[0] ?? null);
  const detail = `${version} (${path})`;
  if (note === null) return good(name, detail);
  return warning(name, `${detail}: ${note}`, 'what its screen does not prove is held, and said so');
}
