import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { eachMailTestStarts, tmux } from './mail-fixture.ts';
import { stdioServer } from './mcp-fixture.ts';

/** `bridge mcp` with what no client would write. */

eachMailTestStarts({ workers: ['coder'] });

let child: ReturnType<typeof start> | null = null;
afterEach(() => {
  child?.process.kill('SIGKILL');
});

function start() {
  const { command, args, env } = stdioServer({ AGENT_NAME: 'tester' });
  const process_ = spawn(command, args, {
    cwd: tmux.folder,
    env: { PATH: process.env.PATH, HOME: tmux.folder, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // biome-ignore lint/suspicious/noExplicitAny: whatever it answers
  const said: any[] = [];
  let text = '';
  process_.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      said.push(JSON.parse(text.slice(0, end)));
      text = text.slice(end + 1);
    }
  });
  return { process: process_, said, ended: once(process_, 'exit') };
}

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const initialize = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
/** How each era opens, and what a call of it carries. */
const eras = {
  2025: { open: [initialize, { jsonrpc: '2.0', method: 'notifications/initialized' }], params: {} },
  2026: {
    open: [{ jsonrpc: '2.0', id: 0, method: 'server/discover', params: { _meta: meta } }],
    params: { _meta: meta },
  },
};

test.each([2025, 2026] as const)(
  'messages that are none, before and after the opening, end nothing (%s)',
  async (era) => {
    child = start();
    const { process: server, said, ended } = child;
    const { open, params } = eras[era];
    const write = (value: unknown) =>
      server.stdin.write(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
    const call = (id: number, name: string, args: unknown) =>
      write({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args, ...params } });
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const none = [
      '{',
      'hello',
      '[]',
      'null',
      '\u0000',
      deep,
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"2.0","id":7,"method":5}',
    ];
    for (const one of none) write(one);
    for (const one of open) write(one);
    await waitFor('it is open', () => said.some(({ id, result }) => id === 0 && result !== undefined), {
      limitMs: 30_000,
    });
    for (const one of none) write(one);
    write({ jsonrpc: '2.0', id: 11, method: 'no/such', params });
    call(12, 'no_such', {});
    call(13, 'send_message', { to: 5 });
    call(14, '__proto__', {});
    call(15, 'answer_status', { ticket: 'x'.repeat(10_000) });
    call(16, 'check_messages', { limit: -1 });
    call(17, 'check_messages', {});
    await waitFor('the last is answered', () => said.some(({ id }) => id === 17), { limitMs: 30_000 });
    const isRefused = (one: { error?: unknown; result?: { isError?: boolean } }) =>
      one.error !== undefined || one.result?.isError === true;
    for (const id of [11, 12, 13, 14, 15, 16]) {
      const answers = said.filter((one) => one.id === id);
      expect([id, answers.map(isRefused)]).toEqual([id, [true]]);
    }
    expect(said.find(({ id }) => id === 17).result).toMatchObject({ structuredContent: { messages: [] } });
    server.stdin.end();
    expect(await ended).toEqual([0, null]);
  },
);
