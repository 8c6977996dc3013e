import { request } from 'node:http';
import type { DraftDoor, Posted } from '../core/door.ts';
import { argumentOf } from './arguments.ts';
import type { Member, TcpSocket } from './ground.ts';

/** opencode 1.18.33 answers within 60 to 250 ms. */
const answerLimitMs = 5_000;

/**
 * opencode's own HTTP port: its TUI puts what it is given into its composer, and submits what the composer holds. Seen
 * with 1.18.33: it answers `true` also where it did nothing (under an open permission dialog it drops the text, and
 * approves nothing), so that only the screen tells. Every TUI that is attached to the port obeys: with a second one
 * there, it is not this pane's door alone.
 */
export function opencodePort(
  program: readonly Member[],
  sockets: readonly TcpSocket[],
  limitMs = answerLimitMs,
): DraftDoor | { readonly refused: string } {
  const inodes = new Set(
    program.flatMap(({ open }) => open.flatMap((path) => /^socket:\[(\d+)\]$/.exec(path)?.[1] ?? [])),
  );
  const given = program.map(({ argv }) => argumentOf(argv, '--port')).find((port) => port !== null && port !== '0');
  const listening = sockets
    .filter(({ isListening, inode, local }) => isListening && inodes.has(inode) && local.startsWith('127.0.0.1:'))
    .map(({ local }) => Number(local.split(':')[1]))
    .filter((port) => given === undefined || port === Number(given));
  if (listening.length === 0)
    return { refused: 'opencode listens on no port of 127.0.0.1; it does when started with --port' };
  if (listening.length > 1) return { refused: `opencode listens on several ports: ${listening.join(', ')}` };
  const port = listening[0]!;
  const stranger = sockets.some(
    ({ remote, isListening, inode }) =>
      !isListening && remote === `127.0.0.1:${port}` && inode !== '0' && !inodes.has(inode),
  );
  if (stranger) return { refused: `another program is connected to port ${port}, perhaps a second TUI` };
  return {
    is: 'draft',
    put: (text) => post({ port, path: '/tui/append-prompt', limitMs }, { text }),
    submit: () => post({ port, path: '/tui/submit-prompt', limitMs }, {}),
  };
}

function post(to: { port: number; path: string; limitMs: number }, body: object): Promise<Posted> {
  const { port, path, limitMs } = to;
  return new Promise((resolve) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const call = request({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(limitMs),
      headers: { 'content-type': 'application/json', 'content-length': bytes.length },
    });
    call.on('response', (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) resolve({ is: 'taken' });
      else if (statusCode >= 400 && statusCode < 500) resolve({ is: 'refused', reason: refusal(statusCode) });
      else resolve({ is: 'unknown', reason: `opencode answered ${statusCode}` });
    });
    call.on('error', (fault: NodeJS.ErrnoException) => {
      // nobody listens there: nothing was handed over
      if (fault.code === 'ECONNREFUSED') resolve({ is: 'refused', reason: `nobody listens on port ${port} any more` });
      else resolve({ is: 'unknown', reason: `opencode did not answer: ${fault.message}` });
    });
    call.end(bytes);
  });
}

function refusal(status: number): string {
  return status === 401 ? 'its port asks for a password (OPENCODE_SERVER_PASSWORD)' : `opencode refused it (${status})`;
}
