// How long a command takes as a process, in turn with `node -e 0`, which is the least that any can take.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandOutput, freshTmux } from './processes.mjs';

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** @returns rows of medians in milliseconds, and of what each command takes beyond node itself */
export async function benchCommands(runs) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-bench-'));
  const tmux = freshTmux(folder);
  const [living, empty] = ['living', 'empty'].map((name) => join(folder, name));
  mkdirSync(living, { mode: 0o700 });
  let daemon = null;
  try {
    await tmux.run('new-session', '-d', '-s', 'bench', '-c', folder, 'exec sleep 1000');
    daemon = await started(['--home', living, '--socket', tmux.socket, '--session', 'bench', '--mode', 'manual']);
    const at = ['--socket', tmux.socket];
    const commands = {
      'node -e 0': ['-e', '0'],
      'bridge version': [program, 'version'],
      'bridge --help': [program, '--help'],
      'bridge requests, a bridge runs': [program, 'requests', '--home', living],
      'bridge requests, none runs': [program, 'requests', '--home', empty],
      'bridge list, a bridge runs': [program, 'list', '--home', living, ...at],
      'bridge status, a bridge runs': [program, 'status', '--home', living, ...at],
      'bridge log, a bridge runs': [program, 'log', '--home', living],
      'bridge list, none runs': [program, 'list', '--home', empty, ...at],
      'bridge status, none runs': [program, 'status', '--home', empty, ...at],
    };
    const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
    for (let run = 0; run < runs; run++) {
      for (const [name, argv] of Object.entries(commands)) {
        const startedAt = process.hrtime.bigint();
        await commandOutput(process.execPath, argv);
        times[name].push(Number(process.hrtime.bigint() - startedAt) / 1e6);
      }
    }
    const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
    const least = median(times['node -e 0']);
    return Object.entries(times).map(([command, values]) => ({
      command,
      runs,
      p50Ms: Number(median(values).toFixed(1)),
      timesNode: Number((median(values) / least).toFixed(2)),
      aboveNodeMs: Number((median(values) - least).toFixed(1)),
    }));
  } finally {
    daemon?.kill('SIGTERM');
    if (daemon !== null) await new Promise((resolve) => daemon.once('exit', resolve));
    await tmux.run('kill-server').catch(() => '');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A bridge, once it has said that it watches. */
function started(words) {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`bridge ended with ${code}`)));
  });
}
