import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';

/*
 * A server of the test's own to which alerts are sent, set anew before each by `eachTestHasReceiver`. An import follows the
 * variables; a test may put statuses into `answers`, and assigns none of them.
 */
export let receiverUrl: string;
/** the statuses of its next answers; then 200 */
export let answers: number[];
// biome-ignore lint/suspicious/noExplicitAny: whatever is sent
export let got: Array<{ method: string; path: string; headers: Record<string, unknown>; body: Record<string, any> }>;

export function eachTestHasReceiver(): void {
  let server: Server;
  beforeEach(async () => {
    [answers, got] = [[], []];
    server = createServer((request, reply) => {
      let text = '';
      request.on('data', (piece) => {
        text += piece;
      });
      request.on('end', () => {
        const body = text === '' ? {} : JSON.parse(text);
        got.push({ method: request.method!, path: request.url!, headers: request.headers, body });
        reply.statusCode = answers.shift() ?? 200;
        reply.end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    receiverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
}
