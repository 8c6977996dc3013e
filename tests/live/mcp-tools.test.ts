import { expect, test } from 'vitest';
import { calls, clients, everyTool, expectEveryTool } from '../fixtures/mcp-client.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { command, eachMailTestStarts, found, member, tmux, watch } from './mail-fixture.ts';
import { stdioServer } from './mcp-fixture.ts';

const yaml = `heuristic: false
policy:
  - when: { text: /which database/i }
    answer: SQLite.
`;
eachMailTestStarts({ workers: ['lead', 'coder'], yaml });

/** Over stdio for a program that gets its own token; over HTTP with one that a person gave. */
const ways = { stdio: async () => stdioServer({ AGENT_NAME: 'tester' }), http: served };
const all = Object.keys(ways).flatMap((way) => clients.map((client) => [way as keyof typeof ways, client] as const));

test.each(all)('%s, client %s: every tool does what it says, for an agent without a pane', async (way, client) => {
  const lead = await member('lead');
  const watching = await watch();
  await watching.line('lead is watched', found('lead'));
  await command('add', 'tester');
  await command('group', 'add', 'team', 'lead');
  await command('tell', 'tester', 'Which port?');
  const server = await ways[way]();
  const said = await calls(client, server, everyTool, tmux.folder);
  expectEveryTool(said, way === 'stdio' ? lead.paneId : null);
  await waitFor('all are in the pane', () => lead.inputs().length >= 3);
  expect(lead.inputs().map((text) => text.replace(/^\[.*?\] /, ''))).toEqual([
    'The tests are green.',
    'The port stays 8080.',
    'Done.',
  ]);
});

async function served() {
  const opened = await command('serve', '--port', '0', '--json');
  expect(opened, opened.stderr).toMatchObject({ code: 0 });
  const token = await command('token', 'add', 'tester');
  return { url: `${JSON.parse(opened.stdout).url}/mcp`, token: token.stdout.trim() };
}
