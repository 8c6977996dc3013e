import { join } from 'node:path';
import { bad, type Check, good, type Machine, warning } from './doctor-check.ts';

/** Folders 0700, files 0600, and all of it ours: an answer in the wrong hands is typed into an agent. */
export async function homeCheck(machine: Machine): Promise<Check[]> {
  const name = 'home';
  const folder = await machine.stat(machine.home);
  if (folder === null) return [good(name, `${machine.home} is made on first use`)];
  if (folder.kind !== 'folder') return [bad(name, `${machine.home} is not a folder`, 'name another: --home DIR')];
  const open: string[] = [];
  const foreign: string[] = [];
  const look = async (path: string, allowed: number) => {
    const stat = await machine.stat(path);
    if (stat === null || stat.kind === 'link') return;
    if (stat.uid !== machine.uid) foreign.push(path);
    else if ((stat.mode & 0o777 & ~allowed) !== 0) open.push(path);
  };
  await look(machine.home, 0o700);
  for (const entry of ['inbox', 'outbox', 'archive', 'threads']) await look(join(machine.home, entry), 0o700);
  for (const entry of await machine.list(machine.home)) {
    if (/^bridge\.(?:db|sock)/.test(entry)) await look(join(machine.home, entry), 0o600);
  }
  if (foreign.length > 0) {
    return [bad(name, `belongs to another user: ${foreign.join(', ')}`, 'name a home of your own: --home DIR')];
  }
  if (open.length === 0) return [good(name, `${machine.home}: yours alone`)];
  return [warning(name, `others may read or write: ${open.join(', ')}`, `chmod go-rwx ${open.join(' ')}`)];
}

export function desktopCheck(machine: Machine): Check {
  const tools = machine.platform === 'darwin' ? ['osascript'] : ['notify-send', 'powershell.exe'];
  const tool = tools.find((candidate) => machine.find(candidate) !== null);
  if (tool) return good('notifications', `desktop through ${tool}`);
  return warning(
    'notifications',
    `${tools.join(' and ')} not found: the terminal bell alone calls you`,
    'install libnotify (notify-send), or set notify.command in bridge.yaml',
  );
}

/** An agent's sandbox hands its children names of its own; inside one, tmux is usually out of reach. */
export function sandboxCheck(machine: Machine): Check {
  const name = 'sandbox';
  const inside = ['CODEX_SANDBOX', 'CODEX_SANDBOX_NETWORK_DISABLED', 'SANDBOX', 'GEMINI_SANDBOX'].filter(
    (variable) => machine.env[variable],
  );
  if (inside.length > 0) {
    return warning(
      name,
      `this runs inside an agent's sandbox (${inside.join(', ')} is set): tmux and the home may be out of reach`,
      'run bridge from your own shell',
    );
  }
  if (machine.uid === 0) {
    return warning(
      name,
      'running as root: agents that refuse root will not start, and the others may do anything',
      'use an ordinary user',
    );
  }
  return good(name, 'not inside an agent’s sandbox');
}
