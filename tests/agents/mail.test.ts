import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MessageView } from '../../bridge/api/inbox.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, makeHome, program, run, startBridge } from '../live/bridge-process.ts';
import type { ModelCall, ModelStep } from './directives.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import { type RealAgent, startAgent } from './real-agents.ts';

/** Real agents write to each other with bridge's own commands, run by their own shell tools. What their models decide is a table here. */

const turns = 10;
/** These have two lines: the recipient, one time the one and one time the other, is rung for them and reads them. */
const long = [3, 4];

let server: ModelServer;
let tmux: PrivateTmux;
let home: string;
let bridge: BridgeProcess | null = null;

beforeEach(async () => {
  tmux = privateTmux();
  home = makeHome(tmux, 'mode: manual\n');
  server = await modelServer(answered);
});
afterEach(async () => {
  await bridge?.stop('SIGKILL');
  bridge = null;
  await tmux.stop();
  await server.close();
});

/** What it read in the instructions that it was sent to. */
let roster = '';

/** Who is invited does what the instructions say. */
function joined({ message, toolResult }: ModelCall): readonly ModelStep[] | null {
  const [, file, group] = /^Read (\S+) and do what it says: .* The group is (\w+)\./.exec(message) ?? [];
  if (file === undefined) return null;
  if (toolResult === null) return [{ run: `cat ${file}`, escalate: false }];
  const commandOf = (verb: string) => new RegExp(`\`(bridge ${verb} [^\`]*)\``).exec(toolResult)?.[1];
  const join = commandOf('join');
  if (join === undefined)
    return /^you are /m.test(toolResult) ? [{ run: roster, escalate: false }] : [{ say: 'I have joined.' }];
  const chosen: Readonly<Record<string, string>> = {
    GROUP: group!,
    NAME: 'newcomer',
    MODEL: 'scripted',
    ROLE: 'tester',
  };
  const filled = (command: string) => command.replace(/\b(?:GROUP|NAME|MODEL|ROLE)\b/g, (word) => chosen[word]!);
  roster = filled(commandOf('roster')!);
  return [{ run: filled(join), escalate: false }];
}

/** Who gets a turn answers with the next one; who is rung reads first. */
function answered(call: ModelCall): readonly ModelStep[] {
  const { message, toolResult } = call;
  const joining = joined(call);
  if (joining !== null) return joining;
  const read = toolResult === null ? null : /#(\w{4}) .*thread talk[\s\S]*?turn (\d+)/.exec(toolResult);
  if (read !== null) return nextTurn(read[1]!, Number(read[2]));
  if (toolResult !== null) return [{ say: 'I have written.' }];
  if (message.includes('read with: bridge inbox')) return [{ run: 'bridge inbox', escalate: false }];
  const line = /^\[\S+ -> \S+ #(\w{4})\] (?:turn (\d+)|begin)/.exec(message);
  if (line === null) return [{ say: 'I wait.' }];
  if (line[2] === undefined) return [{ run: `bridge post talk ${quotedTurn(1)} --to worker-codex`, escalate: false }];
  return nextTurn(line[1]!, Number(line[2]));
}

function nextTurn(id: string, turn: number): readonly ModelStep[] {
  return turn === turns
    ? [{ say: 'That was the last one.' }]
    : [{ run: `bridge reply ${id} ${quotedTurn(turn + 1)}`, escalate: false }];
}

const quotedTurn = (turn: number) => `'turn ${turn}${long.includes(turn) ? '\nhas two lines' : ' is short'}.'`;

/** By which a user lets it run bridge's commands unasked. */
const unasked = {
  claude: ['--allowedTools', 'Bash'],
  codex: ['--sandbox', 'danger-full-access', '--ask-for-approval', 'never'],
};

/** @param env what it knows of the bridge */
async function started(name: 'claude' | 'codex', env: Readonly<Record<string, string>>): Promise<RealAgent> {
  const bin = join(tmux.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, 'bridge'))) symlinkSync(program, join(bin, 'bridge'));
  return startAgent(name, {
    tmux,
    server,
    name,
    args: unasked[name],
    // a login shell, as codex's tool is one, begins with a PATH of its own: of Linux, which has another `bridge` in /sbin
    beforeStart: ({ home: own }) => writeFileSync(join(own, '.bash_profile'), `PATH=${bin}:$PATH\n`),
    environment: {
      PATH: [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      XDG_RUNTIME_DIR: tmux.folder,
      ...env,
    },
  });
}

async function member(name: 'claude' | 'codex'): Promise<RealAgent> {
  const agent = await started(name, { BRIDGE_HOME: home });
  await tmux.run('set-option', '-p', '-t', agent.paneId, '@label', `worker-${name}`);
  return agent;
}

test.runIf(isWanted('claude') && isWanted('codex'))(
  'a Claude Code and a codex hold ten turns in a thread: each message is in the other model’s log once, the long ones by a doorbell',
  async () => {
    const [claude, codex] = [await member('claude'), await member('codex')];
    bridge = await startBridge(tmux, home, []);
    for (const agent of [claude, codex])
      await bridge.line('it is watched', (line) => line.type === 'worker-found' && line.paneId === agent.paneId);
    const begun = await run(tmux, ['tell', 'worker-claude', 'begin', '--wait', '--home', home]);
    expect(begun, `${begun.stdout}${begun.stderr}`).toMatchObject({ code: 0 });

    // why a message waits may quote a title, and codex's title is its first input
    const told = (agent: RealAgent) =>
      [...agent.messages(), ...agent.calls().flatMap(({ toolResult }) => toolResult ?? [])].map((text) =>
        text.replace(/the title .*/g, ''),
      );
    const has = (agent: RealAgent, turn: number) =>
      told(agent).filter((text) => new RegExp(`turn ${turn}\\b`).test(text));
    await waitFor('the last turn is read', () => has(claude, turns).length > 0 || null, {
      limitMs: 150_000,
      describe: async () => `${await claude.screen()}\n${await codex.screen()}`,
    });
    await Promise.all([claude.waitUntilIdle(), codex.waitUntilIdle()]);

    for (let turn = 1; turn <= turns; turn += 1) {
      const [to, from] = turn % 2 === 1 ? [codex, claude] : [claude, codex];
      expect({ turn, told: has(to, turn).length }).toEqual({ turn, told: 1 });
      expect({ turn, told: has(from, turn).length }).toEqual({ turn, told: 0 });
    }
    for (const agent of [claude, codex]) {
      const bells = agent.messages().filter((text) => text.includes('read with: bridge inbox'));
      expect(bells).toEqual([
        expect.stringMatching(
          /^\[bridge -> worker-\w+\] 1 message #\w{4} from worker-\w+ in thread talk \(.*talk\.md\); read with/,
        ),
      ]);
    }
    const thread = JSON.parse((await run(tmux, ['thread', 'read', 'talk', '--json', '--home', home])).stdout);
    expect((thread as MessageView[]).map(({ body, standing }) => [/turn \d+/.exec(body)?.[0], standing])).toEqual(
      Array.from({ length: turns }, (_, at) => [`turn ${at + 1}`, 'verified']),
    );
  },
);

test.runIf(isWanted('codex'))(
  'an agent joins by the pasted line alone, and is written to by the name it chose',
  async () => {
    const codex = await started('codex', {});
    bridge = await startBridge(tmux, home, []);
    const invited = await run(tmux, ['invite', '--group', 'shop', '--home', home]);
    await codex.paste(invited.stdout.trim());
    await codex.submit();
    await codex.waitForScreen(/I have joined\./, 60_000);
    await codex.waitUntilIdle();
    const members = JSON.parse((await run(tmux, ['members', '--json', '--home', home])).stdout);
    expect(members).toMatchObject([
      { name: 'newcomer', agent: 'codex', groups: ['shop'], model: 'scripted', role: 'tester' },
    ]);
    const told = await run(tmux, ['tell', 'newcomer', 'turn 10 is for you.', '--wait', '--home', home]);
    expect(told, `${told.stdout}${told.stderr}`).toMatchObject({ code: 0 });
    // the receipt is of the screen: the program calls its model a moment later
    const isIt = (text: string) => /^\[human -> newcomer #\w{4}\] turn 10 is for you\.$/.test(text);
    await codex.waitForMessage('the message', isIt);
    await codex.waitUntilIdle();
    expect(codex.messages().filter(isIt)).toHaveLength(1);
  },
);
