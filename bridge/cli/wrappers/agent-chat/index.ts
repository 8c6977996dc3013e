import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { findHome, prepareHome } from '../../../host/home.ts';
import { packageVersion } from '../../../host/package-version.ts';
import { packageRoot } from '../../../launch/package-root.ts';
import { Refusal } from '../refusal.ts';
import type { Run } from '../run.ts';
import { type ChatSettings, isKeptBefore, keyInFile, rememberKept, settingsFrom } from './settings.ts';

const usage = `usage: agent-chat COMMAND
  serve, start [-d] [-c FILE] [--port N] [--db FILE] [--retention DAYS] [--log-level LEVEL]   open bridge's server
  stop      close it
  mcp [--insecure-network]   tools for an agent, over stdio: of this machine's bridge, or of AGENT_CHAT_SERVER elsewhere
  version`;

/** agent-chat's own command line: its server is that of bridge, and its tools are bridge's. */
export async function agentChat([command = '', ...words]: readonly string[], run: Run): Promise<number> {
  switch (command) {
    case 'serve':
    case 'start':
      return serve(settingsFrom(words, run, usage), run);
    case 'stop':
      refuseMore(words);
      return bridge(run, ['stop', '--server']);
    case 'mcp':
      return mcp(words, run);
    case 'version':
    case '--version':
      run.say(`agent-chat of bridge ${packageVersion}`);
      return 0;
    case 'help':
    case '--help':
    case '-h':
      run.say(usage);
      return 0;
    default:
      throw new Refusal(`unknown command: ${command}\n${usage}`, 64);
  }
}

async function serve(settings: ChatSettings, run: Run): Promise<number> {
  const { port, key, database, retentionDays, isDetached, ignored } = settings;
  for (const what of ignored) run.warn(`agent-chat: ${what}`);
  const imported = database === null ? 0 : await takeOverOnce(database, run);
  if (imported !== 0) return imported;
  if (retentionDays !== null)
    run.warn(
      `agent-chat: after ${retentionDays} days messages that all have read move to archive/; nothing is deleted`,
    );
  const words = [
    'serve',
    ...(isDetached ? ['--detach'] : []),
    ...(port === null ? [] : ['--port', String(port)]),
    ...(retentionDays === null ? [] : ['--retention-days', String(retentionDays)]),
  ];
  return bridge(run, words, key === null ? {} : { AGENT_CHAT_API_KEY: key });
}

/** What its server has kept is bridge's from now on: the file is read once, and left as it is. @returns an exit code */
async function takeOverOnce(file: string, run: Run): Promise<number> {
  const path = realpathSync(file);
  const { folder } = homeOf(run);
  if (isKeptBefore(folder, path)) {
    run.warn(`agent-chat: ${path} was taken over before, and is not used: bridge has a journal of its own`);
    return 0;
  }
  prepareHome(folder);
  const code = await bridge(run, ['import', 'agent-chat', path]);
  if (code === 0) rememberKept(folder, path);
  return code;
}

/** Its tools: those of this machine's bridge, or of the server elsewhere that its settings name. */
async function mcp(words: readonly string[], run: Run): Promise<number> {
  refuseMore(words.filter((word) => word !== '--insecure-network'));
  const [{ programWith }, { environmentAbove }, { ancestorsOf }, { systemSource }] = await Promise.all([
    import('../../program.ts'),
    import('../../../host/environment-above.ts'),
    import('../../../host/caller.ts'),
    import('../../../host/process-source.ts'),
  ]);
  const above = ancestorsOf(systemSource(), process.ppid).map(({ pid }) => pid);
  // codex 0.169 hands on HOME and PATH, and what is configured for it
  const given = (name: string) => run.env[name] ?? environmentAbove(name, above) ?? '';
  const server = given('AGENT_CHAT_SERVER');
  process.env.AGENT_TYPE ||= given('AGENT_TYPE') || 'agent';
  const isElsewhere = server !== '' && !isHere(server);
  if (isElsewhere) process.env.BRIDGE_TOKEN = tokenFor(server, given('AGENT_CHAT_API_KEY') || keyInFile(run));
  const order = ['mcp', ...(isElsewhere ? ['--server', server, ...words] : [])];
  const program = await programWith(['mcp'], () => true);
  await program.parseAsync(order, { from: 'user' });
  return Number(process.exitCode ?? 0);
}

/** @throws Refusal for a key that can be none for tools: what opens agent-chat's endpoints opens nothing else */
function tokenFor(server: string, key: string): string {
  if (key.startsWith('bridge_')) return key;
  const why = key === '' ? 'no token of it is set' : "agent-chat's own key opens no tools there";
  throw new Refusal(
    `AGENT_CHAT_SERVER=${server} is another machine, and ${why}\n` +
      'a person there runs `bridge token add NAME`: put what it prints into AGENT_CHAT_API_KEY; ' +
      'AGENT_CHAT_SERVER empty takes the bridge of this machine',
  );
}

function isHere(server: string): boolean {
  const { hostname = '' } = URL.canParse(server) ? new URL(server) : {};
  return ['localhost', '[::1]'].includes(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function homeOf({ env, userFolder }: Run) {
  return findHome({ flag: null, env: env.BRIDGE_HOME, cwd: process.cwd(), userFolder });
}

function refuseMore([first]: readonly string[]): void {
  if (first !== undefined) throw new Refusal(`unknown argument: ${first}\n${usage}`, 64);
}

/** Bridge's own command line, which has the terminal until it ends. */
function bridge({ env }: Run, words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(process.execPath, [join(packageRoot, 'dist/cli/main.js'), ...words], {
    stdio: 'inherit',
    env: { ...env, ...more },
  });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code ?? 1);
    });
  });
}
