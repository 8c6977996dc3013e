import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { portOf } from '../../bridge/agent-programs/opencode/native-input.ts';
import type { DraftInput } from '../../bridge/core/native-input.ts';
import type { ProcessInfo, TcpSocket } from '../../bridge/core/process-info.ts';
import { systemClock } from '../../bridge/host/clock.ts';
import { nativeInputIo } from '../../bridge/native-input/io.ts';

const io = nativeInputIo(systemClock);
const member = (change: Partial<ProcessInfo> = {}): ProcessInfo => ({
  pid: 10,
  argv: ['opencode', '--port', '0'],
  cwd: '/work',
  executable: '/bin/opencode',
  open: ['socket:[100]', '/dev/pts/1'],
  ...change,
});
const listening = (port: number, inode = '100', host = '127.0.0.1'): TcpSocket => ({
  local: `${host}:${port}`,
  remote: '0.0.0.0:0',
  isListening: true,
  inode,
});

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** A port that answers as it is told; what it was sent, in order. */
async function portThat(answer: (path: string) => number | 'hangs up' | 'is silent') {
  const heard: Array<{ path: string; body: unknown; type: string | undefined }> = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      heard.push({ path: request.url!, body: JSON.parse(text), type: request.headers['content-type'] });
      const status = answer(request.url!);
      if (status === 'hangs up') request.socket.destroy();
      else if (status !== 'is silent') response.writeHead(status).end('true');
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, heard };
}

function found(port: number, limitMs = 5_000): DraftInput {
  const input = portOf({ program: [member()], tcp: () => [listening(port)], io }, limitMs);
  if ('refused' in input) throw new Error(input.refused);
  return input;
}

test('a text is put into the composer to the letter, and submitted apart', async () => {
  const { port, heard } = await portThat(() => 200);
  const input = found(port);
  const text = 'Grüße\n\n"quotes"\tand \\ 👩‍👩‍👧 ';
  expect(await input.put(text)).toEqual({ is: 'taken' });
  expect(await input.submit()).toEqual({ is: 'taken' });
  expect(heard).toEqual([
    { path: '/tui/append-prompt', body: { text }, type: 'application/json' },
    { path: '/tui/submit-prompt', body: {}, type: 'application/json' },
  ]);
});

test('only a clear no is a refusal; an answer that does not come is not known', async () => {
  for (const [answer, outcome] of [
    [401, { is: 'refused', reason: expect.stringContaining('password') }],
    [404, { is: 'refused', reason: expect.stringContaining('404') }],
    [500, { is: 'unknown', reason: expect.stringContaining('500') }],
    ['hangs up', { is: 'unknown', reason: expect.any(String) }],
    ['is silent', { is: 'unknown', reason: expect.any(String) }],
  ] as const) {
    const { port } = await portThat(() => answer);
    expect(await found(port, answer === 'is silent' ? 300 : 30_000).put('text'), String(answer)).toEqual(outcome);
    server!.closeAllConnections();
    server!.close();
  }
});

test('where nobody listens any more, it was not handed over', async () => {
  const { port } = await portThat(() => 200);
  await new Promise((resolve) => server!.close(resolve));
  expect(await found(port).put('text')).toMatchObject({ is: 'refused' });
});

const refusals: ReadonlyArray<readonly [why: string, member: ProcessInfo, sockets: TcpSocket[], reason: string]> = [
  ['another process listens there', member(), [listening(4096, '777')], 'listens on no port'],
  ['it listens to the whole network', member(), [listening(4096, '100', '0.0.0.0')], 'listens on no port'],
  ['nothing listens', member(), [], 'listens on no port'],
  [
    'it listens on two',
    member({ open: ['socket:[100]', 'socket:[101]'] }),
    [listening(1), listening(2, '101')],
    'several',
  ],
  ['it was told another port', member({ argv: ['opencode', '--port=4097'] }), [listening(4096)], 'listens on no port'],
  [
    'a second TUI is connected',
    member(),
    [listening(4096), { local: '127.0.0.1:5000', remote: '127.0.0.1:4096', isListening: false, inode: '888' }],
    'another program is connected',
  ],
];
test.each(refusals)('it is no native input where %s', (_, program, sockets, reason) => {
  expect(portOf({ program: [program], tcp: () => sockets, io }, 5_000)).toEqual({
    refused: expect.stringContaining(reason),
  });
});

test("the program's own connection to itself, and one that has ended, are nobody else's", () => {
  const own = { local: '127.0.0.1:5000', remote: '127.0.0.1:4096', isListening: false, inode: '100' };
  const ended = { ...own, local: '127.0.0.1:5001', inode: '0' };
  expect(portOf({ program: [member()], tcp: () => [listening(4096), own, ended], io }, 5_000)).toMatchObject({
    is: 'draft',
  });
});
