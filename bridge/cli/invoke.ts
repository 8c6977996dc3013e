import type { EventOf, InputOf, MethodName, ResultOf, Single, Streaming } from '../api/index.ts';
import type { Cursor, Served, StreamEnd, StreamItem } from '../api/method.ts';
import { call, DaemonGone, pingDaemon } from '../server/socket.ts';
import { socketPath } from '../server/socket-path.ts';
import { inUsersWords } from './argument-words.ts';
import { type Context, withSocket } from './context.ts';
import { hasNothing, nothingKept } from './journal.ts';

export type ArgsOf<Name extends MethodName> = InputOf<Name> & Readonly<Record<string, unknown>>;

/** What is about something that was asked or sent before: where nothing was, no state directory is made for it. */
const ofThePast: ReadonlySet<MethodName> = new Set(['show', 'answer', 'dismiss', 'settle']);

/**
 * Runs a method: in the daemon of this state directory if one lives, else in this process.
 * @param closed aborts when nobody wants the result any more
 */
export async function invoke<Name extends Single>(
  context: Context,
  name: Name,
  args: ArgsOf<Name>,
  closed: AbortSignal = neverClosed,
): Promise<ResultOf<Name>> {
  try {
    return await asked(context, name, args, closed);
  } catch (fault) {
    throw inUsersWords(fault, name, args);
  }
}

const neverClosed = new AbortController().signal;

async function asked<Name extends Single>(
  context: Context,
  name: Name,
  args: ArgsOf<Name>,
  closed: AbortSignal,
): Promise<ResultOf<Name>> {
  const { home } = context.config;
  const reply = await call(socketPath(home), name, args, { stop: closed });
  if (closed.aborted) throw closed.reason;
  if (reply) return reply.ok as ResultOf<Name>;
  if (ofThePast.has(name) && (await hasNothing(home))) throw nothingKept(home, String((args as { id?: unknown }).id));
  const found = await inPlace(context, name, (method, closed) => method(args, closed) as Promise<unknown>, closed);
  return found as ResultOf<Name>;
}

/**
 * Hands over the events of a stream, from the daemon or, where none lives, from the journal. Where the daemon ends, or ends the
 * stream as slow, it goes on after the last cursor. Ends with the stream, or when `stop` aborts.
 */
export async function stream<Name extends Streaming>(
  context: Context,
  name: Name,
  args: ArgsOf<Name>,
  take: (event: EventOf<Name>) => void,
  stop: AbortSignal,
): Promise<void> {
  const path = socketPath(context.config.home);
  let after: Cursor | undefined;
  const on = (item: unknown) => {
    const { cursor, event } = item as StreamItem<EventOf<Name>>;
    after = cursor;
    take(event);
  };
  const given = () => (after === undefined ? args : { ...args, after });
  while (!stop.aborted) {
    try {
      const reply = await call(path, name, given(), { on, stop });
      if (reply === null) break;
      const { ended } = reply.ok as { ended: StreamEnd };
      if (ended !== 'slow') return;
    } catch (fault) {
      // the daemon has ended: the journal is read. One that is hung or stopped has been waited for already
      if (!(fault instanceof DaemonGone) || (await pingDaemon(path)) !== null) throw fault;
    }
  }
  if (stop.aborted) return;
  await inPlace(
    context,
    name,
    async (method, closed) => {
      for await (const item of method(given(), closed) as AsyncIterable<unknown>) on(item);
    },
    stop,
  );
}

/** In this process: a method that only reads needs no bridge. */
async function inPlace(
  context: Context,
  name: MethodName,
  work: (method: Served, closed: AbortSignal) => Promise<unknown>,
  stop: AbortSignal,
): Promise<unknown> {
  const [{ allServed, servedToRead }, { readerOfHome }] = await Promise.all([
    import('../api/index.ts'),
    import('../app/reader.ts'),
  ]);
  const reader = readerOfHome(context.config);
  try {
    const toRead = servedToRead(name, reader);
    if (toRead !== null) return await work(toRead, stop);
    const { Bridge } = await import('../app/bridge.ts');
    const interrupted = new AbortController();
    const interrupt = () => interrupted.abort();
    stop.addEventListener('abort', interrupt, { once: true });
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    const bridge = await Bridge.open(withSocket(context).config, { on: () => {} });
    try {
      return await work(allServed(bridge, reader)[name], interrupted.signal);
    } finally {
      await bridge.close();
      stop.removeEventListener('abort', interrupt);
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    }
  } finally {
    reader.close();
  }
}
