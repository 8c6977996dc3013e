import { createConnection } from 'node:net';
import { protocolVersion } from './protocol-version.ts';
import { strangerAt } from './socket-path.ts';

/** What became of it. `sent` says that the daemon has the line, not what it made of it. */
export type SendOutcome = 'sent' | 'no-daemon' | 'too-slow';

/**
 * Sends the daemon one call and waits for no answer: for callers that somebody waits for. Never rejects.
 * @param limitMs a daemon that does not take the line within this time is given up
 */
export function sendOnly(
  path: string,
  method: string,
  args: Record<string, unknown>,
  limitMs: number,
): Promise<SendOutcome> {
  if (strangerAt(path) !== null) return Promise.resolve('no-daemon');
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const end = (outcome: SendOutcome) => {
      clearTimeout(limit);
      socket.destroy();
      resolve(outcome);
    };
    const limit = setTimeout(() => end('too-slow'), limitMs);
    socket.once('error', () => end('no-daemon'));
    // the write's callback comes when the system has the line: from then on it reaches the daemon without us
    socket.once('connect', () =>
      socket.write(`${JSON.stringify({ id: 1, verb: method, args, protocol: protocolVersion })}\n`, () => end('sent')),
    );
  });
}
