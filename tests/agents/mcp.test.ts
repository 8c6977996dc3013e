import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mcpClients } from '../../bridge/agent-programs/mcp-clients.ts';
import { carryOut } from '../../bridge/launch/hooks/hooks.ts';
import { clientNamed, planClient } from '../../bridge/launch/mcp/install-client.ts';
import { type PrivateTmux, privateTmux, waitFor } from '../fixtures/private-tmux.ts';
import { type BridgeProcess, makeHome, program, requestIds, run, startBridge } from '../live/bridge-process.ts';
import type { ModelCall, ModelStep } from './directives.ts';
import { isWanted } from './installs.ts';
import { type ModelServer, modelServer } from './model-server.ts';
import type { AgentName } from './programs/index.ts';
import { launchAgent, type RealAgent, type RealAgentOptions, startAgent } from './real-agents.ts';

/** Real agents call the tools of `bridge mcp`, which `bridge mcp install` has put into their settings. What their models decide is a table here. */

const agents = (['claude', 'codex', 'gemini'] as const).filter((name) => mcpClients.some((one) => one.name === name));

/** So that each may call them unasked. */
const unasked: Readonly<Record<string, readonly string[]>> = {
  claude: ['--allowedTools', 'mcp__bridge'],
  codex: ['--sandbox', 'danger-full-access', '--ask-for-approval', 'never'],
  gemini: ['--approval-mode', 'yolo'],
};

/** The whole wait is most of a minute: in the gate one waits so long, the others where they are named in BRIDGE_TEST_AGENTS. */
const waitOf = (name: string) => (name === 'claude' || process.env.BRIDGE_TEST_AGENTS ? {} : { wait_s: 2 });

let server: ModelServer;
let tmux: PrivateTmux;
let home: string;
let bridge: BridgeProcess;
/** What the model does about a message, by its first word; what its tools said is in `results`. */
let table: Readonly<Record<string, { mcp: string; args: () => Record<string, unknown> }>>;
let results: Record<string, string>;

beforeEach(async () => {
  tmux = privateTmux();
  results = {};
  server = await modelServer(answered);
});
afterEach(async () => {
  await bridge?.stop('SIGKILL');
  await tmux.stop();
  await server.close();
});

function answered({ message, toolResult }: ModelCall): readonly ModelStep[] {
  const words = Object.keys(table).find((one) => message.includes(one));
  if (words === undefined) return [{ say: 'I have read it.' }];
  if (toolResult !== null) {
    results[words] = toolResult;
    return [{ say: `That was ${words}.` }];
  }
  const { mcp, args } = table[words]!;
  return [{ mcp, args: args() }];
}

async function started(name: AgentName, more: Partial<RealAgentOptions> = {}): Promise<RealAgent> {
  return startAgent(name, {
    tmux,
    server,
    name,
    ...more,
    args: unasked[name]!,
    beforeStart({ home: own, environment }) {
      const words = [process.execPath, program, 'mcp', '--home', home];
      const change = planClient(clientNamed(name), { env: environment, userFolder: own, project: null }, words);
      carryOut({ changes: [change!], notes: [] });
    },
    environment: {
      PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      XDG_RUNTIME_DIR: tmux.folder,
      // Claude Code 2.1 hands its model the tools of MCP servers only once that has searched for them
      ENABLE_TOOL_SEARCH: 'false',
    },
  });
}

/** Has its model call a tool, and waits for what it said. */
async function use(agent: RealAgent, words: string): Promise<string> {
  await agent.type(`Please ${words}.`);
  return waitFor(`${agent.program} has ${words}`, () => results[words], {
    limitMs: 90_000,
    describe: () => agent.screen(),
  });
}

test.each(agents.filter((name) => isWanted(name)))(
  '%s: sends, reads, asks and answers by MCP tools, each once; a wait beyond the limit of calls is a ticket',
  async (name) => {
    home = makeHome(tmux, `heuristic: false\npeers:\n  - member: ${name}\n    may: [answer]\n`);
    let request = '';
    table = {
      'write it': { mcp: 'send_message', args: () => ({ to: 'coder', content: 'The tests are green.' }) },
      'look for mail': { mcp: 'check_messages', args: () => ({}) },
      'ask it': { mcp: 'ask_controller', args: () => ({ question: 'May I delete it?', wait_s: 45 }) },
      'ask for long': { mcp: 'ask_controller', args: () => ({ question: 'May I publish it?', ...waitOf(name) }) },
      'answer it': { mcp: 'answer_request', args: () => ({ request_id: request, answer: 'Port 8080.' }) },
    };
    bridge = await startBridge(tmux, home, [], { waitForReady: false });
    const command = (...words: string[]) => run(tmux, [...words, '--home', home]);
    const agent = await started(name);
    await bridge.line('it is watched', (line) => line.type === 'worker-found' && line.paneId === agent.paneId, 60_000);
    // it has named itself; the name to which bridge.yaml grants something a person gives
    expect(await command('rename', `${name}-${name}`, name)).toMatchObject({ code: 0 });
    for (const member of ['coder', 'other']) expect(await command('add', member)).toMatchObject({ code: 0 });

    await use(agent, 'write it');
    expect(results['write it']).toContain('coder');
    const long = 'Two lines:\nthe port stays 8080.';
    await command('tell', name, long, '--wait', '0');
    await agent.waitForMessage('its bell', (message) => message.includes('1 message'));
    await use(agent, 'look for mail');
    expect(results['look for mail']).toContain('the port stays 8080.');

    const asked = use(agent, 'ask it');
    const first = await question(1);
    expect(await command('answer', first, 'Yes, delete it.')).toMatchObject({ code: 0 });
    expect(await asked).toContain('Yes, delete it.');

    const waited = await use(agent, 'ask for long');
    expect(waited).toMatch(/will be typed into your input/);
    const second = await question(2);
    await agent.waitUntilIdle();
    await command('answer', second, 'Publish it tomorrow.');
    await agent.waitForMessage('the answer is typed', (message) => message.includes('Publish it tomorrow.'));

    // a question of another, who asks in no pane
    const other = (await command('token', 'add', 'other')).stdout.trim();
    const third = await run(tmux, ['ask', '--no-wait', 'Which port?', '--home', home], {
      env: { BRIDGE_TOKEN: other },
    });
    request = third.stdout.trim();
    await use(agent, 'answer it');
    expect(results['answer it']).toMatch(/first|answered/);

    // each once
    const history = JSON.parse((await command('history', '--json')).stdout) as Array<{ from: string; body: string }>;
    expect(history.filter(({ from }) => from === name).map(({ body }) => body)).toEqual(['The tests are green.']);
    const requests = JSON.parse((await command('requests', '--all', '--json')).stdout) as Array<{
      text: string;
      answer: { by: string; instructions: string };
    }>;
    expect(requests.map(({ text, answer }) => [text, answer.instructions])).toEqual([
      ['May I delete it?', 'Yes, delete it.'],
      ['May I publish it?', 'Publish it tomorrow.'],
      ['Which port?', 'Port 8080.'],
    ]);
    expect(requests[2]!.answer.by).toMatch(new RegExp(`^member:.*${name}$`));
    const typed = agent.messages().filter((message) => /delete it\.|tomorrow\./.test(message));
    expect(typed).toEqual([expect.stringContaining('Publish it tomorrow.')]);
    expect(await command('verify')).toMatchObject({ code: 0 });
  },
  400_000,
);

test.runIf(isWanted('codex'))(
  'two codex whose threads one server runs are each the agent in the own pane',
  async () => {
    home = makeHome(tmux, 'heuristic: false\n');
    table = {
      'write of the port': { mcp: 'send_message', args: () => ({ to: 'lead', content: 'The port is 8080.' }) },
      'write of the host': { mcp: 'send_message', args: () => ({ to: 'lead', content: 'The host is here.' }) },
      'name the port again': { mcp: 'send_message', args: () => ({ to: 'lead', content: 'The port is still 8080.' }) },
      'say it again': { mcp: 'send_message', args: () => ({ to: 'lead', content: 'The host is still here.' }) },
    };
    bridge = await startBridge(tmux, home, [], { waitForReady: false });
    const command = (...words: string[]) => run(tmux, [...words, '--home', home]);
    await command('add', 'lead');
    const folder = join(tmux.folder, 'other', 'other');
    const codexConfig = `[projects."${folder}"]\ntrust_level = "trusted"`;
    const first = await started('codex', { codexDaemon: true, codexConfig });
    const { CODEX_HOME = '' } = first.prepared.environment;
    const environment = { CODEX_HOME };
    const second = await launchAgent('codex', {
      ...{ tmux, server, name: 'other', codexDaemon: true, environment, args: unasked.codex! },
    });
    await second.waitUntilIdle();
    await use(first, 'write of the port');
    await use(second, 'write of the host');
    await second.waitUntilIdle();
    // from the second turn on their titles are sure to name the threads
    await use(first, 'name the port again');
    await use(second, 'say it again');
    const members = JSON.parse((await command('members', '--json')).stdout) as Array<{ name: string; pane: string }>;
    const history = JSON.parse((await command('history', '--json')).stdout) as Array<{ from: string; body: string }>;
    const paneOf = (text: string) => {
      const author = history.find(({ body }) => body === text)?.from;
      return members.find(({ name }) => name === author)?.pane;
    };
    // and what was written before that is by the same members
    for (const [text, pane] of [
      ['The port is still 8080.', first.paneId],
      ['The port is 8080.', first.paneId],
      ['The host is still here.', second.paneId],
      ['The host is here.', second.paneId],
    ] as const)
      expect([text, paneOf(text)]).toEqual([text, pane]);
  },
);

/** The id of the nth question that was asked. */
function question(nth: number): Promise<string> {
  const ids = () => requestIds(bridge);
  return waitFor('it is asked', () => ids()[nth - 1], { limitMs: 60_000 });
}
