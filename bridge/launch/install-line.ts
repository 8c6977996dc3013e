import type { Machine } from './doctor-check.ts';

/** How this machine installs a program, by the package manager it has. */
export function installLine(program: 'node' | 'tmux', machine: Pick<Machine, 'platform' | 'uid' | 'find'>): string {
  const named = program === 'node' ? 'node from https://nodejs.org (20.19 or newer)' : 'tmux 3.2 or newer';
  if (machine.platform === 'win32') return 'wsl --install, then work inside WSL: tmux needs a Unix';
  if (machine.platform === 'darwin')
    return machine.find('brew') ? `brew install ${program}` : `install Homebrew, then brew install ${program}`;
  const sudo = machine.uid === 0 ? '' : 'sudo ';
  if (program === 'node') return `install ${named}`;
  const managers = [
    ['apt-get', `${sudo}apt-get install -y tmux`],
    ['dnf', `${sudo}dnf install -y tmux`],
    ['pacman', `${sudo}pacman -S --noconfirm tmux`],
    ['apk', `${sudo}apk add tmux`],
    ['zypper', `${sudo}zypper install -y tmux`],
    ['brew', 'brew install tmux'],
  ] as const;
  return managers.find(([manager]) => machine.find(manager) !== null)?.[1] ?? `install ${named}`;
}
