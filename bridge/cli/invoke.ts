import type { MethodName } from '../api/index.ts';
import { call } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { type Context, withSocket } from './context.ts';
import { hasNothing, nothingKept } from './journal.ts';

/** What is about something that was asked or sent before: where nothing was, no state directory is made for it. */
const ofThePast: ReadonlySet<MethodName> = new Set(['show', 'answer', 'dismiss', 'settle']);

/**
 * Does what a method says in the one place that decides: the daemon of this home if one lives, else the same bridge, joined in this
 * process for as long as it takes.
 */
export async function invoke<Result>(
  context: Context,
  method: MethodName,
  args: Record<string, unknown>,
): Promise<Result> {
  const { home } = context.config;
  const reply = await call(socketPath(home), method, args);
  if (reply) return reply.ok as Result;
  if (ofThePast.has(method) && (await hasNothing(home))) throw nothingKept(home, String(args.id));
  const [{ Bridge }, { allServed }] = await Promise.all([import('../app/bridge.ts'), import('../api/index.ts')]);
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const bridge = await Bridge.open(withSocket(context).config, { on: () => {} });
  try {
    return (await allServed(bridge)[method](args, interrupted.signal)) as Result;
  } finally {
    await bridge.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
