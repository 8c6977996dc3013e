import { isTooSmall, synchronizedInWords, tooSmallInWords } from '../core/pane.ts';
import { bad, type Check, good, type Machine, warning } from './doctor-check.ts';
import { installLine } from './install-line.ts';
import { isSynchronized } from './tmux.ts';
import { faultsOf } from './tmux-faults.ts';

const needed = { major: 3, minor: 2 };

export async function tmuxCheck(machine: Machine): Promise<Check> {
  const path = machine.find('tmux');
  if (path === null) return bad('tmux', 'not on PATH', installLine('tmux', machine));
  const said = await machine.run(path, '-V');
  const version = said.stdout.trim();
  const numbers = /(\d+)\.(\d+)/.exec(version);
  if (said.code !== 0 || version === '') {
    return bad(
      'tmux',
      `${path} does not run: ${said.stderr.trim() || `code ${said.code}`}`,
      installLine('tmux', machine),
    );
  }
  // a build from tmux's own repository calls itself `tmux master`: newer than any number
  if (numbers === null || /openbsd/.test(version)) return good('tmux', `${version} (${path})`);
  const [major, minor] = [Number(numbers[1]), Number(numbers[2])];
  if (major > needed.major || (major === needed.major && minor >= needed.minor)) return known(version, path);
  return bad('tmux', `${version}; ${needed.major}.${needed.minor} or newer is needed`, installLine('tmux', machine));
}

/** New enough, with what is known to be wrong with it. */
function known(version: string, path: string): Check {
  const faults = faultsOf(version);
  const detail = [`${version} (${path})`, ...faults.map(({ says, remedy }) => `${says}: ${remedy}`)].join('; ');
  const grave = faults.find(({ isGrave }) => isGrave);
  return grave === undefined ? good('tmux', detail) : warning('tmux', detail, grave.remedy);
}

export async function socketCheck(machine: Machine): Promise<Check> {
  const name = 'socket';
  const path = machine.socketPath;
  const start = 'start the worker: `bridge start worker`';
  const stat = await machine.stat(path);
  if (stat === null)
    return warning(
      name,
      `${path}: no server running: there is no such socket`,
      `${start}; or name the server: --socket PATH or TMUX_SOCKET`,
    );
  if (stat.kind !== 'socket' && stat.kind !== 'link')
    return bad(name, `${path} is not a socket`, 'name another: --socket PATH or TMUX_SOCKET');
  const said = await machine.run('tmux', '-S', path, 'list-sessions', '-F', '#{session_name}');
  if (said.code === 0) {
    const sessions = said.stdout.trim().split('\n').filter(Boolean);
    return good(
      name,
      `${path}: ${sessions.length} session${sessions.length === 1 ? '' : 's'} (${sessions.join(', ')})`,
    );
  }
  const reason = said.stderr.trim() || 'tmux did not answer in time';
  if (/no server running|connection refused|no sessions/i.test(reason)) {
    return warning(name, `${path}: no server running behind this socket; it was left by one that ended`, start);
  }
  if (/permitted|permission denied|access/i.test(reason)) {
    const other = stat.uid !== machine.uid;
    return bad(
      name,
      `${path}: ${reason}: ${other ? `it belongs to user ${stat.uid}, this is user ${machine.uid}` : 'this process may not reach it, as inside an agent’s sandbox'}`,
      other
        ? 'run as the user who started tmux, or name your own server: --socket PATH'
        : 'run it outside the sandbox, or let the agent ask for it',
    );
  }
  return bad(name, `${path}: ${reason}`);
}

export async function panesCheck(machine: Machine): Promise<Check> {
  const name = 'panes';
  const said = await machine.run(
    'tmux',
    '-S',
    machine.socketPath,
    'list-panes',
    '-a',
    '-F',
    `#{pane_id} ${isSynchronized} #{pane_width} #{pane_height} #{@label}`,
  );
  if (said.code !== 0) return warning(name, 'none can be listed without a server');
  const rows = said.stdout
    .split('\n')
    .filter(Boolean)
    .map((row) => {
      const [id = '', synchronized, width, height, ...label] = row.split(' ');
      const size = { width: Number(width), height: Number(height) };
      return { id, isSynchronized: synchronized === '1', size, label: label.join(' ') };
    });
  const of = (role: string) => rows.filter((row) => row.label.startsWith(role)).map((row) => `${row.label} ${row.id}`);
  const [workers, controllers] = [of('worker'), of('controller')];
  const detail = `${rows.length} in all; ${[...workers, ...controllers].join(', ') || 'none is labelled worker or controller'}`;
  const synchronized = rows.filter((row) => row.isSynchronized).map(({ id, label }) => `${label} ${id}`.trim());
  if (synchronized.length > 0) {
    return warning(
      name,
      `${detail}; ${synchronizedInWords}, so nothing is typed into ${synchronized.join(', ')}`,
      'tmux set-option -w -t PANE synchronize-panes off, or zoom the pane that is meant',
    );
  }
  const isRead = (label: string) => label.startsWith('worker') || label.startsWith('controller');
  const small = rows.filter(({ label, size }) => isRead(label) && isTooSmall(size));
  if (small.length > 0) {
    const which = small.map(({ id, label, size }) => `${label} ${id} ${size.width}x${size.height}`);
    return warning(
      name,
      `${detail}; ${tooSmallInWords}: ${which.join(', ')}`,
      'enlarge it: tmux resize-pane -Z -t PANE, or a window of its own',
    );
  }
  if (workers.length > 0) return good(name, detail);
  return warning(name, detail, '`bridge start worker` makes one; `bridge target PANE` pins one that is there');
}

/** A pane of another bridge is answered by that one, whatever this one's rules say. */
export async function ownersCheck(machine: Machine): Promise<Check> {
  const name = 'owners';
  const owned = await machine.owned();
  const others = owned.filter(({ home }) => home !== machine.home);
  if (others.length > 0) {
    const list = others.map(({ pane, home, pid }) => `${pane} is watched by the bridge of ${home} (pid ${pid})`);
    return warning(
      name,
      list.join(', '),
      'answer there (`--home` names its state directory), or stop that bridge: this one takes over then',
    );
  }
  if (owned.length === 0) return good(name, 'no bridge watches a pane of this server');
  return good(name, `this home's bridge watches ${owned.map(({ pane }) => pane).join(', ')}`);
}

/** The commands with which the bridge looks and types. */
const ours = [
  ...['send-keys', 'paste-buffer', 'set-buffer', 'load-buffer', 'set-option'],
  ...['if-shell', 'display-message', 'capture-pane'],
];

/**
 * Hooks and aliases of the user that come with each key and text of ours: what they do, they do to any pane, and no condition
 * of the bridge can know it. Nothing is said where there are none.
 */
export async function hooksCheck(machine: Machine): Promise<Check[]> {
  const ask = async (...argv: string[]) =>
    (await machine.run('tmux', '-S', machine.socketPath, ...argv)).stdout.split('\n');
  const hooks = (await ask('show-hooks', '-g')).filter((line) =>
    ours.some((name) => new RegExp(`^after-${name}(?:\\[\\d+\\])? .`).test(line)),
  );
  const aliases = (await ask('show-options', '-s', 'command-alias')).filter((line) =>
    ours.some((name) => new RegExp(`^command-alias\\[\\d+\\] ["']?${name}=`).test(line)),
  );
  const found = [...hooks, ...aliases];
  if (found.length === 0) return [];
  return [
    warning(
      'tmux hooks',
      `tmux does this with every key or text of the bridge: ${found.join('; ')}`,
      'see that it touches no other pane, or remove it: set-hook -gu NAME, set-option -su command-alias[N]',
    ),
  ];
}
