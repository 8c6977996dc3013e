import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { clients } from '../fixtures/mcp-client.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { command, eachMailTestStarts, tmux, watch } from './mail-fixture.ts';
import { stdioServer } from './mcp-fixture.ts';

eachMailTestStarts({ workers: ['lead'] });

const fixture = fileURLToPath(new URL('../fixtures/mcp-watch.mjs', import.meta.url));

/** Over HTTP clients of 2025 can subscribe to nothing: nothing is kept there between calls. */
const all = [...clients.map((client) => ['stdio', client] as const), ['http', '2.x'] as const];

test.each(all)('%s, client %s: what changes is told to who has subscribed to it', async (way, client) => {
  await watch();
  for (const name of ['tester', 'other']) await command('add', name);
  const server = way === 'stdio' ? stdioServer({ AGENT_NAME: 'tester' }) : await served();
  const uris = ['bridge://inbox', 'bridge://threads/human%2Btester'];
  const child = spawn(process.execPath, [fixture, client, JSON.stringify(server), JSON.stringify(uris), '2'], {
    cwd: tmux.folder,
    env: { PATH: process.env.PATH, HOME: tmux.folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Array<{
    uri?: string;
    now?: { messages: Array<{ content: string }> };
    listed?: string[];
    templates?: string[];
  }> = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter(Boolean)) lines.push(JSON.parse(line));
  });
  const ended = once(child, 'exit');
  await waitFor('it has subscribed', () => lines.length === 2, { limitMs: 20_000 });
  expect(lines[0]!.listed).toEqual(expect.arrayContaining(['bridge://inbox', 'bridge://requests']));
  expect(lines[0]!.templates).toEqual(['bridge://threads/{name}', 'bridge://requests/{id}']);
  await command('tell', 'other', 'Not for the tester.', '--wait', '0');
  await command('tell', 'tester', 'Which port?', '--wait', '0');
  expect(await ended).toEqual([0, null]);
  const told = lines.slice(2).sort((a, b) => (a.uri! < b.uri! ? -1 : 1));
  expect(told.map(({ uri, now }) => [uri, now!.messages.map(({ content }) => content)])).toEqual(
    uris.map((uri) => [uri, ['Which port?']]),
  );
});

async function served() {
  const opened = await command('serve', '--port', '0', '--json');
  const token = await command('token', 'add', 'tester');
  return { url: `${JSON.parse(opened.stdout).url}/mcp`, token: token.stdout.trim() };
}
