#!/usr/bin/env node
// Run before the demo, the tests and the benchmark: names what is missing with the line that installs it, and builds
// dist/ where it is missing or older than its source. Plain JavaScript that an old Node can still read.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const neededNode = [20, 19];
const neededTmux = [3, 2];
const faults = [];

const node = process.versions.node.split('.').map(Number);
if (isOlder(node, neededNode)) {
  faults.push(`node ${node.join('.')} is too old: 20.19 or newer is needed. Install it: ${nodeLine()}`);
}

const tmux = spawnSync('tmux', ['-V'], { encoding: 'utf8', timeout: 5000 });
const version = /(\d+)\.(\d+)/.exec(tmux.stdout || '');
if (tmux.error || tmux.status !== 0) {
  faults.push(`tmux is missing: 3.2 or newer is needed. Install it: ${tmuxLine()}`);
} else if (version && !/openbsd/.test(tmux.stdout) && isOlder([Number(version[1]), Number(version[2])], neededTmux)) {
  faults.push(`${tmux.stdout.trim()} is too old: 3.2 or newer is needed. Install it: ${tmuxLine()}`);
}

for (const fault of faults) console.error(`bridge: ${fault}`);
if (faults.length > 0) process.exit(1);

if (existsSync(join(root, 'bridge')) && isStale()) build();

function isOlder(have, need) {
  return have[0] < need[0] || (have[0] === need[0] && (have[1] || 0) < need[1]);
}

function onPath(program) {
  return (process.env.PATH || '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function tmuxLine() {
  if (process.platform === 'win32') return 'wsl --install, then work inside WSL';
  if (process.platform === 'darwin') return 'brew install tmux';
  const sudo = process.getuid && process.getuid() === 0 ? '' : 'sudo ';
  const managers = [
    ['apt-get', `${sudo}apt-get install -y tmux`],
    ['dnf', `${sudo}dnf install -y tmux`],
    ['pacman', `${sudo}pacman -S --noconfirm tmux`],
    ['apk', `${sudo}apk add tmux`],
    ['zypper', `${sudo}zypper install -y tmux`],
    ['brew', 'brew install tmux'],
  ];
  const found = managers.find((manager) => onPath(manager[0]));
  return found ? found[1] : 'with your package manager';
}

function nodeLine() {
  if (process.platform === 'darwin' && onPath('brew')) return 'brew install node';
  if (onPath('nvm') || process.env.NVM_DIR) return 'nvm install 22';
  return 'https://nodejs.org/en/download';
}

/** dist/ is stale when any source file is newer than the program that was built from it. */
function isStale() {
  const program = join(root, 'dist', 'cli', 'main.js');
  if (!existsSync(program)) return true;
  return newest(join(root, 'bridge')) > statSync(program).mtimeMs;
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path));
    else if (entry.name.endsWith('.ts')) latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

function build() {
  if (!existsSync(join(root, 'node_modules'))) {
    console.error(`bridge: the packages are not installed. Run: npm install`);
    process.exit(1);
  }
  const built = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) {
    console.error('bridge: the build failed; see above');
    process.exit(1);
  }
}
