import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { receiptInWords } from '../core/envelope.ts';
import type { PublicEvent } from '../core/events.ts';
import { BridgeError, ExitCode } from '../core/failure.ts';
import { firstLine } from '../core/first-line.ts';
import { shortId } from '../core/mail-lines.ts';
import type { Sender } from '../core/message.ts';
import { hubOptions } from '../server/hub/hub-options.ts';
import { DemoServer } from './demo-server.ts';
import { paint, print } from './output.ts';

const yaml = `worker: [lead, coder]
heuristic: false
controller: { backend: rules }
policy:
  - when: { text: /which database/i }
    answer: SQLite, one file beside the service.
`;
const person: Sender = { name: 'human', standing: 'human' };
const limitMs = 15_000;

const call = (name: string, given: Record<string, unknown>) => ({ call: name, arguments: given });

/** What each agent does when a line lands in its pane: what a model would decide is a table here, all else is real. */
const scripts = {
  lead: {
    inputs: [
      {
        when: 'prepare the service',
        do: [call('send_message', { to: 'coder', content: 'Please choose the database.' })],
      },
      { when: 'coder -> lead', do: [{ say: 'Noted.' }] },
    ],
  },
  coder: {
    inputs: [
      {
        when: 'choose the database',
        do: [
          call('check_messages', {}),
          call('ask_controller', { question: 'Which database should the service use? One user, no server.' }),
          { say: 'I go on with: {result}' },
          call('send_message', { to: 'lead', content: 'We use this: {result}' }),
        ],
      },
    ],
  },
};
type Label = keyof typeof scripts;

interface Called {
  readonly tool: string;
  readonly isError: boolean;
  readonly text: string;
  readonly tookMs: number;
}

/** A server, and two agents with MCP clients: one writes to the other, which asks its controller and goes on with the answer. */
export async function playHub(stop: AbortSignal): Promise<ExitCode> {
  const server = new DemoServer(stop, yaml);
  const tell = (text: string) => server.tell(text);
  try {
    const happened = new Set<string>();
    const { bridge, port } = await server.startBridge((event) => {
      const said = wordsOf(event);
      if (said === null) return;
      happened.add(said.what);
      tell(said.text);
    });
    const { url } = await port.open(hubOptions.parse({ port: 0 }));
    tell(`the server listens at ${url}; each agent has a token of its own`);
    tell('two agents start on a private tmux server, each with an MCP client; they draw like Codex, and are scripts');
    const labels = Object.keys(scripts) as Label[];
    const panes = new Map<Label, string>();
    for (const label of labels) {
      const { name } = bridge.membership.add(label, {}).member;
      const token = bridge.tokens.add(label, { role: 'agent', member: name }, null);
      const file = join(server.folder, `${label}.json`);
      const start = [{ mcp: { url: `${url}/mcp`, token } }];
      writeFileSync(file, JSON.stringify({ ...scripts[label], start }), { mode: 0o600 });
      panes.set(label, await server.addAgent({ label, args: ['--script', file] }));
    }
    for (const label of labels)
      await server.until(`${label} is watched`, () => happened.has(`found ${label}`), limitMs);
    const calls = new CallsOf(server.folder, tell);
    await server.until('both are connected', () => labels.every((label) => calls.isConnected(label)), limitMs);

    tell(paint('bold', 'one writes to the other'));
    bridge.messages.send({
      from: person,
      to: ['lead'],
      body: 'Please prepare the service.',
      thread: null,
      noReply: false,
    });
    await server.until('the message is there', () => calls.has('lead', 'send_message'), limitMs);

    tell(paint('bold', 'the other asks its controller, and goes on with the answer'));
    await server.until('the answer', () => calls.has('coder', 'ask_controller'), limitMs);
    await server.until('the end', () => calls.has('coder', 'send_message') && happened.has('coder told lead'), limitMs);

    tell('what the coder’s pane shows now:');
    print(
      (await server.rowsOf(panes.get('coder')!))
        .slice(-14)
        .map((row) => paint('dim', `         │ ${row}`))
        .join('\n'),
    );
    if (calls.faults.length > 0)
      throw new BridgeError({ what: 'demo', target: 'a tool', reason: calls.faults.join('; ') });
    tell(paint('green', 'written, asked, answered, gone on with: each once'));
    return ExitCode.done;
  } finally {
    await server.end();
  }
}

/** What the agents had tools do, as their journals tell it; each is told once. */
class CallsOf {
  readonly #folder: string;
  readonly #tell: (text: string) => void;
  readonly #told = new Map<Label, number>();
  readonly #done = new Set<string>();
  readonly faults: string[] = [];

  constructor(folder: string, tell: (text: string) => void) {
    this.#folder = folder;
    this.#tell = tell;
  }

  isConnected(label: Label): boolean {
    this.#look();
    return this.#done.has(`${label} mcp`);
  }

  has(label: Label, tool: string): boolean {
    this.#look();
    return this.#done.has(`${label} ${tool}`);
  }

  #look(): void {
    for (const label of Object.keys(scripts) as Label[]) {
      const file = join(this.#folder, `${label}.log`);
      const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
      for (const line of lines.slice(this.#told.get(label) ?? 0)) this.#take(label, JSON.parse(line));
      this.#told.set(label, lines.length);
    }
  }

  #take(label: Label, fact: { mcp?: { protocol?: string; tookMs?: number; fault?: string }; called?: Called }): void {
    const { mcp, called } = fact;
    if (mcp !== undefined) {
      this.#done.add(`${label} mcp`);
      if (mcp.fault !== undefined) this.faults.push(`${label}: ${mcp.fault}`);
      this.#tell(`${paint('cyan', 'mcp')}      ${label} is connected, protocol ${mcp.protocol}, ${mcp.tookMs} ms`);
    }
    if (called === undefined) return;
    this.#done.add(`${label} ${called.tool}`);
    if (called.isError) this.faults.push(`${label}: ${called.tool}: ${called.text}`);
    this.#tell(
      `${paint('green', 'tool')}     ${label} ${called.tool}, ${called.tookMs} ms: ${firstLine(called.text, 60)}`,
    );
  }
}

interface Said {
  /** what the demo waits for */
  readonly what: string;
  readonly text: string;
}

function wordsOf(event: PublicEvent): Said | null {
  switch (event.type) {
    case 'worker-found':
      return { what: `found ${event.worker}`, text: `bridge watches ${event.worker} ${event.paneId}` };
    case 'mail-changed': {
      const { message, mail } = event;
      if (mail.state.is !== 'submitted') return null;
      const after = mail.state.at - message.sentAt;
      const text = `${paint('green', 'receipt')}  ${message.from.name} → ${mail.member} #${shortId(message.id)}, ${after} ms after it was sent (${receiptInWords(mail.state.receipt)})`;
      return { what: `${message.from.name} told ${mail.member}`, text };
    }
    case 'request-changed': {
      const { request } = event;
      if (request.state.is !== 'settled') return null;
      const after = request.state.at - request.openedAt;
      const text = `${paint('cyan', 'answer')}   by ${request.state.answer.by}, ${after} ms after it was asked: ${request.state.answer.instructions}`;
      return { what: 'answered', text };
    }
    default:
      return null;
  }
}
