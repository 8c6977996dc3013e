import type { DraftInput, HandOver } from '../../core/native-input.ts';
import { argumentOf } from '../arguments.ts';
import type { Around, NativeInput, NativeInputIo } from '../native-input.ts';

/** opencode 1.18.33 answers within 60 to 250 ms. */
const answerLimitMs = 5_000;

/**
 * opencode's own HTTP port: its TUI puts what it is given into its composer, and submits what the composer holds. Seen
 * with 1.18.33: it answers `true` also where it did nothing (under an open permission dialog it drops the text, and
 * approves nothing), so that only the screen tells. Every TUI that is attached to the port obeys: with a second one
 * there, it is not this pane's native input alone.
 */
export const opencodePort: NativeInput = {
  name: 'opencode-port',
  looksEveryMs: 0,
  // it puts the text into the composer, which completes a /command, and at the end opens a list for an @name
  commandOpenings: [{ pattern: '^\\s*[!/]', prefix: 'Answer: ' }],
  commandEndings: [{ pattern: '@\\S*$', append: ' ' }],
  find: (around) => portOf(around, answerLimitMs),
};

export function portOf(
  { program, tcp, io }: Pick<Around, 'program' | 'tcp' | 'io'>,
  limitMs: number,
): DraftInput | { readonly refused: string } {
  const sockets = tcp();
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
    put: (text) => post(io, { port, path: '/tui/append-prompt', limitMs }, { text }),
    submit: () => post(io, { port, path: '/tui/submit-prompt', limitMs }, {}),
  };
}

async function post(
  io: NativeInputIo,
  to: { port: number; path: string; limitMs: number },
  body: object,
): Promise<HandOver> {
  const end = await io.postJson(to, body);
  if (end.is === 'nobody') return { is: 'refused', reason: `nobody listens on port ${to.port} any more` };
  if (end.is === 'failed') return { is: 'unknown', reason: `opencode did not answer: ${end.reason}` };
  const { status } = end;
  if (status >= 200 && status < 300) return { is: 'taken' };
  if (status >= 400 && status < 500) return { is: 'refused', reason: refusal(status) };
  return { is: 'unknown', reason: `opencode answered ${status}` };
}

function refusal(status: number): string {
  return status === 401 ? 'its port asks for a password (OPENCODE_SERVER_PASSWORD)' : `opencode refused it (${status})`;
}
