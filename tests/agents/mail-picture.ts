import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { makeHome, program, run, startBridge } from '../live/bridge-process.ts';
import type { ModelCall, ModelStep } from './directives.ts';
import { film } from './film.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startAgent } from './real-agents.ts';
import { moving } from './terminal-svg.ts';

/** docs/pictures/mail.svg: a real Claude Code and a real codex write to each other, before a scripted model; bridge carries it. */

const out = fileURLToPath(new URL('../../docs/pictures/mail.svg', import.meta.url));
const size = { width: 84, height: 30 };
const task = 'Release 1.4 with coder: ask which port staging uses, then send the plan.';
const plan = ['The plan for 1.4:', '1. staging on 8080 today', '2. production tomorrow at 9'].join('\n');
const runs = (command: string): ModelStep => ({ run: command, escalate: false });

/** What each model decides; all else is real. */
function says({ label, message, toolResult }: ModelCall): readonly ModelStep[] {
  const id = /#(\w{4})\]/.exec(message)?.[1];
  if (toolResult !== null) return [{ slow: 500, say: afterTool(label, toolResult) }];
  if (message === task)
    return [{ slow: 500, say: 'I ask coder.' }, runs('bridge tell coder "Which port does staging use?"')];
  if (/Which port/.test(message))
    return [{ slow: 2_500, say: 'I look it up.' }, runs(`bridge reply ${id} "8080: config/staging.toml, line 12."`)];
  if (/8080/.test(message))
    return [{ slow: 2_500, say: 'I send the plan.' }, runs(`bridge post release/1.4 '${plan}' --to coder --no-reply`)];
  if (/bridge inbox/.test(message)) return [runs('bridge inbox')];
  return [{ say: 'I wait.' }];
}

function afterTool(label: string, result: string): string {
  if (/The plan for 1\.4/.test(result)) return 'Nothing is missing there, so I do not answer. Staging goes out today.';
  if (label === 'coder') return 'I have answered lead.';
  return /doorbell/.test(result)
    ? 'The plan is in the thread; coder was told.'
    : 'Asked. I go on when the answer comes.';
}

const tmux: PrivateTmux = privateTmux();
const server: ModelServer = await modelServer(says);
const home = makeHome(tmux, 'mode: manual\nworker: [lead, coder]\n');
const bridges: Array<{ stop(signal: 'SIGKILL'): Promise<unknown> }> = [];
try {
  const lead = await member('claude', 'lead', ['--allowedTools', 'Bash']);
  const coder = await member('codex', 'coder', ['--sandbox', 'danger-full-access', '--ask-for-approval', 'never']);
  const bridge = await startBridge(tmux, home, []);
  bridges.push(bridge);
  for (const { name } of [lead, coder])
    await bridge.line(
      `${name} is watched`,
      ({ type, worker }) => type === 'worker-found' && String(worker).endsWith(name),
    );
  const panes = [
    { title: 'lead: Claude Code', paneId: lead.paneId, columns: size.width },
    { title: 'coder: codex', paneId: coder.paneId, columns: size.width },
  ];
  const frames = await film(tmux, panes, {
    nameless,
    acting: async () => {
      await lead.type(task);
      await waitFor('the plan is read', async () => /do not answer/.test(await coder.screen()), {
        limitMs: 120_000,
        describe: async () => `${await lead.screen()}\n${await coder.screen()}`,
      });
      await delay(2_500);
    },
  });
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, moving(frames, 4_000, 'beside'));
  const { stdout } = await run(tmux, ['thread', 'read', 'release/1.4', '--home', home]);
  process.stdout.write(`${frames.length} screens in docs/pictures/mail.svg; the thread:\n${stdout}`);
} finally {
  for (const bridge of bridges) await bridge.stop('SIGKILL');
  await tmux.stop();
  await server.close();
}
process.exit(0);

/** Nobody needs the name of a folder that is gone by then; a program breaks it at its hyphens. */
function nameless(text: string): string {
  const broken = home.split('-').join('-((?:\\x1b\\[[\\d;:]*m|\\s)*)');
  return text.replace(new RegExp(broken, 'g'), '~/.bridge$1$2').replaceAll(tmux.folder, '~');
}

async function member(name: 'claude' | 'codex', label: string, args: readonly string[]): Promise<RealAgent> {
  const bin = join(tmux.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  if (label === 'lead') symlinkSync(program, join(bin, 'bridge'));
  const agent = await startAgent(name, {
    ...{ tmux, server, name: label, args, ...size },
    beforeStart: ({ home: own }) => writeFileSync(join(own, '.bash_profile'), `PATH=${bin}:$PATH\n`),
    environment: {
      PATH: [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      BRIDGE_HOME: home,
      XDG_RUNTIME_DIR: tmux.folder,
    },
  });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', label);
  return agent;
}
