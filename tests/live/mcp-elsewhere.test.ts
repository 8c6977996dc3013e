import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { waitFor } from '../fixtures/private-tmux.ts';
import { makeHome, program, run } from './bridge-process.ts';
import { eachMailTestStarts, found, home, member, tmux, watch } from './mail-fixture.ts';
import { called } from './mcp-fixture.ts';

/** A server of another host: a bridge with a state directory of its own that sees no pane of this tmux server. */

eachMailTestStarts({ workers: ['coder'], yaml: 'heuristic: false\n' });

let hub: string;
const atHub = (...words: string[]) =>
  run(tmux, [...words, '--home', hub], { env: { TMUX_SOCKET: join(tmux.folder, 'no-tmux') } });
afterEach(async () => {
  await atHub('stop');
});

/** @returns the environment and arguments of `bridge mcp` beside the pane */
async function served(): Promise<object> {
  hub = makeHome(tmux, 'mode: manual\n', 'hub');
  const opened = await atHub('serve', '--port', '0', '--detach', '--json');
  expect(opened).toMatchObject({ code: 0 });
  for (const name of ['coder', 'lead']) await atHub('add', name);
  const { url } = JSON.parse(opened.stdout);
  return {
    command: process.execPath,
    args: [program, 'mcp', '--home', home, '--server', url],
    env: {
      XDG_RUNTIME_DIR: tmux.folder,
      TMUX_SOCKET: tmux.socketPath,
      BRIDGE_TOKEN: (await atHub('token', 'add', 'coder')).stdout.trim(),
    },
  };
}

test('tools are those of the server; its mail rings in the pane here, once, and the receipt goes back', async () => {
  const server = await served();
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('coder is watched', found('coder'));
  await coder.perform({ mcp: server });
  await coder.fact('it is connected', ({ mcp }) => mcp?.protocol !== undefined);
  const { data } = await called(coder, 'register', { name: 'coder' });
  expect(data).toMatchObject({ name: 'coder', pane: null });

  await atHub('tell', 'coder', 'Which port?', '--wait', '0');
  await waitFor('its bell', () => coder.inputs().length > 0, { limitMs: 30_000 });
  expect(coder.inputs()[0]).toMatch(/^1 message #\w{4} from human at http:.*; read with the tool check_messages$/);
  const [{ id }] = JSON.parse((await atHub('history', '--json')).stdout);
  const shown = async () => JSON.parse((await atHub('show', id, '--json')).stdout).message.outcomes[0];
  // what its turn draws before that would leave the bell in doubt
  await waitFor('the receipt', async () => (await shown()).is === 'submitted', { limitMs: 20_000 });
  expect(await shown()).toMatchObject({ why: 'a doorbell is in the pane', receipt: 'confirmed on screen' });
  const { messages } = (await called(coder, 'check_messages')).data;
  expect(messages).toMatchObject([{ id, from: 'human', content: 'Which port?' }]);
  expect((await called(coder, 'reply', { message_id: id, content: 'It is 8080.' })).isError).toBe(false);
  expect((await shown()).is).toBe('read');

  await atHub('tell', 'coder', 'And the host?', '--wait', '0');
  await waitFor('the second bell', () => coder.inputs().length > 1, { limitMs: 30_000 });
  expect(coder.inputs()).toHaveLength(2);
  expect(await atHub('verify')).toMatchObject({ code: 0 });
});

test('a server that is away is said to be, and what to do; when it is back the next call goes there', async () => {
  const server = await served();
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('coder is watched', found('coder'));
  await atHub('stop', '--server');
  await coder.perform({ mcp: server });
  await coder.fact('it is connected', ({ mcp }) => mcp?.protocol !== undefined);
  const away = await called(coder, 'check_messages');
  expect(away).toMatchObject({ isError: true, text: expect.stringContaining('Next step: look whether') });
  const { port } = new URL((server as { args: string[] }).args.at(-1)!);
  expect(await atHub('serve', '--port', port)).toMatchObject({ code: 0 });
  expect(await called(coder, 'check_messages')).toMatchObject({ isError: false });
});

test.each([
  [['--server', 'hub:9420'], 'is no address'],
  [['--server', 'http://hub.example:9420'], 'over the network as it is'],
  [['--server', 'https://hub.example:9420'], 'token'],
])('`bridge mcp %s` is refused: %s', async (words, reason) => {
  hub = makeHome(tmux, '', 'hub');
  const refused = await run(tmux, ['mcp', ...words, '--home', home]);
  expect(refused).toMatchObject({ code: 64, stderr: expect.stringContaining(reason) });
});
