// Runs what drives agent programs where there is nothing but loopback, after installing those programs from the network.
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const folder = dirname(fileURLToPath(import.meta.url));
/** set where the way out is already closed */
const mark = 'BRIDGE_LOOPBACK_ONLY';

/** Node 20 does not run TypeScript: vite loads it. */
const load = async (path) => (await runnerImport(path, { logLevel: 'error' })).module;

/** What goes before a command so that it has the loopback alone; nothing where this system does not let us. */
export function loopbackOnly() {
  const enter = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const ways = [
    ['unshare', '--net', ...enter],
    ['unshare', '--user', '--map-root-user', '--net', ...enter],
  ];
  const way = ways.find(
    ([program, ...words]) => spawnSync(program, [...words, 'true'], { stdio: 'ignore' }).status === 0,
  );
  if (way === undefined) {
    process.stderr.write(
      'no network namespace here: agent programs have a model server of ours, and could reach the network\n',
    );
  }
  return way ?? [];
}

/** Installs the named programs; the wanted ones (BRIDGE_TEST_AGENTS) where none is named. */
export async function install(names = []) {
  const { installed, isWanted } = await load(join(folder, 'installs.ts'));
  const { agentNames } = await load(join(folder, 'programs/index.ts'));
  const wanted =
    names.length > 0 ? agentNames.filter((name) => names.includes(name)) : agentNames.filter((name) => isWanted(name));
  for (const name of wanted) await installed(name);
}

/** The exit code of a command that can reach nothing but loopback. */
export function run([program, ...words]) {
  const child = spawn(program, words, { stdio: 'inherit', env: { ...process.env, [mark]: '1' } });
  const pass = (signal) => child.kill(signal);
  const wait = () => {};
  process.on('SIGTERM', pass).on('SIGINT', wait);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 15)));
  }).finally(() => process.off('SIGTERM', pass).off('SIGINT', wait));
}

/** Runs a TypeScript program of this folder with the words of the command line, in which agent programs are named. */
export async function runScript(name) {
  const words = process.argv.slice(2);
  const isAsking = ['--help', '-h', '--list', '--table'].some((word) => words.includes(word));
  if (process.env[mark] || isAsking) return load(join(folder, name));
  const named = words.includes('all') ? (await load(join(folder, 'programs/index.ts'))).agentNames : words;
  await install(['', ...named]);
  process.exitCode = await run([...loopbackOnly(), process.execPath, process.argv[1], ...words]);
}
