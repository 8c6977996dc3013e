import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { makeHome, program, run } from '../live/bridge-process.ts';
import type { ModelCall, ModelStep } from './directives.ts';
import { film } from './film.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startAgent } from './real-agents.ts';
import { type Frame, moving, rowsOf, still, type TerminalScreen } from './terminal-svg.ts';

/**
 * The pictures of docs/pictures/. A real Claude Code works before a scripted model, a real bridge watches it: what they draw is
 * captured as it changes.
 */

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const out = join(root, 'docs/pictures');
const columns = 100;

const task = 'Add a weather table to the service, test it and push it';
const question = 'Which database should the service use? One user, no server.';
const policy = `controller: { backend: rules }
policy:
  - when: { text: /which database/i }
    answer: Use SQLite, one file beside the service.
  - when: { kind: approval, command: '^npm test$' }
    choose: 1
`;

/** What the model says: it asks, runs the tests, and wants to push. */
function says({ messages, message, toolResult }: ModelCall): readonly ModelStep[] {
  if (message === task)
    return [
      { slow: 700, say: `I have a question first.\n\n<<CONTROLLER_REQUEST>>\n${question}\n<<CONTROLLER_REQUEST_END>>` },
    ];
  if (toolResult === null && messages.length > 1)
    return [
      { slow: 500, say: 'SQLite it is. The table is written; now the tests.' },
      { run: 'npm test', escalate: true },
    ];
  if (toolResult !== null && /weather/.test(toolResult) && !/push/.test(toolResult))
    return [
      { slow: 500, say: 'All of them pass. I push the branch.' },
      { run: 'git push --force origin main', escalate: true },
    ];
  return [{ say: 'Done.' }];
}

const tmux: PrivateTmux = privateTmux();
const server: ModelServer = await modelServer(says);
let bridgePane = '';
try {
  mkdirSync(out, { recursive: true });
  const worker = await startAgent('claude', { tmux, server, name: 'worker', width: columns, height: 19 });
  writeFileSync(
    join(worker.workingFolder, 'package.json'),
    JSON.stringify({ name: 'service', scripts: { test: 'node weather.test.mjs' } }),
  );
  writeFileSync(join(worker.workingFolder, 'weather.test.mjs'), "console.log('ok 1 - the weather table is made');\n");
  await tmux.run('set-option', '-p', '-t', worker.paneId, '@label', 'worker');
  const home = makeHome(tmux, policy);
  await startBridge(home);
  const moments = await filmed(worker);
  writeFileSync(join(out, 'bridge.svg'), moving(moments, 4_000));
  await stills(home);
  process.stdout.write(`${moments.length} screens in docs/pictures/bridge.svg\n`);
} finally {
  await tmux.stop();
  await server.close();
}
process.exit(0);

/** In a terminal of its own, started as a person would. */
async function startBridge(home: string): Promise<void> {
  const command = `env -u TMUX HOME=${tmux.folder} XDG_RUNTIME_DIR=${tmux.folder} ${process.execPath} ${program} run --home ${home} --socket ${tmux.socketPath} --session worker`;
  await tmux.run('new-session', '-d', '-s', 'bridge', '-x', String(columns), '-y', '16', command);
  bridgePane = (await tmux.run('display-message', '-p', '-t', '=bridge:', '#{pane_id}')).trim();
  await waitFor('the bridge watches', async () => /^1 worker: 1 idle/m.test(await tmux.screen(bridgePane)), {
    limitMs: 60_000,
    describe: () => tmux.screen(bridgePane),
  });
}

/** What both terminals show until the push is asked for. */
function filmed(worker: RealAgent): Promise<Frame[]> {
  const panes = [
    { title: 'the worker: Claude Code in a tmux pane', paneId: worker.paneId, columns },
    { title: 'bridge run', paneId: bridgePane, columns },
  ];
  const acting = async () => {
    await worker.type(task);
    await waitFor('the push is asked for', async () => /git push/.test(await tmux.screen(bridgePane)), {
      limitMs: 90_000,
      describe: async () => `${await worker.screen()}\n${await tmux.screen(bridgePane)}`,
    });
    await delay(2_500);
  };
  return film(tmux, panes, { acting, nameless });
}

/** Commands as they are printed on a terminal of this width. */
async function stills(home: string): Promise<void> {
  const asked = JSON.parse((await run(tmux, ['requests', '--home', home, '--all', '--json'])).stdout) as Array<{
    id: string;
  }>;
  const first = asked[0]!.id.slice(-6);
  const shown: ReadonlyArray<readonly [name: string, line: string]> = [
    ['requests', 'bridge requests'],
    ['show', `bridge show ${first}`],
    ['explain', 'bridge explain worker'],
    ['doctor', 'bridge doctor'],
    ['overview', 'bridge'],
  ];
  for (const [name, line] of shown) writeFileSync(join(out, `${name}.svg`), still(await printed(line, home)));
}

/** Nobody needs the name of a folder that is gone by then. */
function nameless(text: string): string {
  return text.replaceAll(tmux.folder, '~').replaceAll(root, '~/bridge');
}

async function printed(line: string, home: string): Promise<TerminalScreen> {
  const words = line.split(' ').slice(1).join(' ');
  const command = `env -u TMUX HOME=${tmux.folder} XDG_RUNTIME_DIR=${tmux.folder} BRIDGE_HOME=${home} TMUX_SOCKET=${tmux.socketPath} ${process.execPath} ${program} ${words}; tmux -S ${tmux.socketPath} wait-for -S printed; sleep 60`;
  await tmux.run('new-session', '-d', '-s', 'still', '-x', String(columns), '-y', '90', command);
  await execute('tmux', ['-S', tmux.socketPath, 'wait-for', 'printed'], { timeout: 60_000 });
  const text = await tmux.run('capture-pane', '-e', '-p', '-t', '=still:');
  await tmux.run('kill-session', '-t', '=still');
  return { title: `$ ${line}`, columns, rows: rowsOf(nameless(text)) };
}
