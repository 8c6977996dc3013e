import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Context } from '../../bridge/cli/context.ts';
import { invoke, stream } from '../../bridge/cli/invoke.ts';
import { loadConfig } from '../../bridge/config/config.ts';
import { prepareHome } from '../../bridge/host/home.ts';
import { socketPath } from '../../bridge/server/socket-path.ts';

let server: Server;

afterEach(() => server.close());

/** A bridge that takes calls and says nothing, as one that is stopped does; and how often it was called. */
async function silentBridge(): Promise<{ context: Context; calls: () => number }> {
  const config = loadConfig({ home: process.cwd(), flags: {}, env: {} });
  prepareHome(config.home);
  let calls = 0;
  server = createServer(() => calls++).listen(socketPath(config.home));
  await once(server, 'listening');
  return { context: { config } as Context, calls: () => calls };
}

test('a bridge that says nothing is waited for once, by what is asked once and by what is read as it comes', async () => {
  const { context, calls } = await silentBridge();
  const asked = [
    invoke(context, 'requests', {}),
    stream(context, 'log', {}, () => {}, new AbortController().signal),
  ].map((one) => expect(one).rejects.toThrow(/has not answered within 4 s/));
  await Promise.all(asked);
  expect(calls()).toBe(asked.length);
});
