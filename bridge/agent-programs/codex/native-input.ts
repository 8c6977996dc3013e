import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../core/failure.ts';
import type { HandOver, MessageInput } from '../../core/native-input.ts';
import type { ProcessInfo } from '../../core/process-info.ts';
import { type Around, type JsonRpc, type NativeInput, Refusal } from '../native-input.ts';
import { heldThread } from './threads.ts';

/** How long codex is given beyond its own pause between two looks at its queue. */
const graceMs = 2_000;
const askEveryMs = 200;

/**
 * Codex's queue of messages for one thread, through its app-server. Seen with 0.169.0: a message reaches the model as it
 * is, whatever it begins with; the TUI looks every ten seconds, takes nothing while it is busy or a dialog is open, and
 * nothing at all after an interrupted turn until its user has spoken. So a message that is not taken in time is taken
 * back, which codex says positively.
 *
 * The thread is the one whose writer's lock a process of the program holds open. Where codex runs with its shared
 * background server, the lock is that server's, and nothing ties a thread to a pane.
 */
export const codexQueue: NativeInput = {
  name: 'codex-queue',
  looksEveryMs: 10_000,
  // the model gets what was queued, whatever it begins or ends with
  commandOpenings: [],
  commandEndings: [],
  find: (around) => queueOf(around, codexQueue.looksEveryMs),
};

/** @param looksEveryMs how often codex looks at its queue */
export function queueOf(
  { program, clock, io }: Pick<Around, 'program' | 'clock' | 'io'>,
  looksEveryMs: number,
): MessageInput | { readonly refused: string } {
  const holders = program.flatMap((member) => lockedThreads(member).map((thread) => ({ member, ...thread })));
  const threads = new Set(holders.map(({ home, threadId }) => join(home, threadId)));
  if (threads.size === 0)
    return { refused: 'no thread of codex can be tied to this pane (one started with --no-daemon could)' };
  if (threads.size > 1)
    return { refused: 'codex has several threads open, and nothing tells which one the pane shows' };
  const { member, home, threadId } = holders[0]!;
  const { executable } = member;
  if (executable === null || basename(executable) !== 'codex')
    return { refused: 'the program that holds the thread is not codex, or was replaced' };
  if (!member.open.some((path) => dirname(path) === home && /^queue_\d+\.sqlite$/.test(basename(path)))) {
    return { refused: 'codex keeps its queue elsewhere than its thread' };
  }
  return { is: 'message', post };

  async function post(text: string): Promise<HandOver> {
    let server: JsonRpc;
    try {
      server = await appServer(executable!, home);
    } catch (fault) {
      return { is: 'refused', reason: `codex app-server: ${messageOf(fault)}` };
    }
    try {
      const waiting = await queued(server);
      if (waiting.length > 0) {
        return {
          is: 'refused',
          reason: `${waiting.length} other messages wait in its queue, which stands still after an interruption`,
        };
      }
      return await add(server, text);
    } catch (fault) {
      return { is: 'refused', reason: `codex app-server: ${messageOf(fault)}` };
    } finally {
      await server.end();
    }
  }

  /** One `codex app-server` for the length of one delivery. It loads no thread: it only reaches the queue in codex's home. */
  async function appServer(executable: string, home: string): Promise<JsonRpc> {
    const server = io.startJsonRpc(executable, ['app-server'], { CODEX_HOME: home, HOME: home });
    try {
      // the queue is behind this capability in 0.169.0
      const capabilities = { experimentalApi: true };
      await server.call('initialize', { clientInfo: { name: 'bridge', title: null, version: '1' }, capabilities });
      server.notify('initialized');
      return server;
    } catch (fault) {
      await server.end();
      throw fault;
    }
  }

  async function add(server: JsonRpc, text: string): Promise<HandOver> {
    let id: string;
    try {
      const input = [{ type: 'text', text, text_elements: [] }];
      const added = await server.call('thread/queue/add', { threadId, input, clientUserMessageId: randomUUID() });
      id = idOf(added.queuedSubmission);
    } catch (fault) {
      if (fault instanceof Refusal) return { is: 'refused', reason: `codex refused it: ${fault.message}` };
      return { is: 'unknown', reason: messageOf(fault) };
    }
    try {
      return (await isTaken(server, id)) ? { is: 'taken' } : await takeBack(server, id);
    } catch (fault) {
      return { is: 'unknown', reason: messageOf(fault) };
    }
  }

  async function isTaken(server: JsonRpc, id: string): Promise<boolean> {
    const endAt = clock.now() + looksEveryMs + graceMs;
    for (;;) {
      if (!(await queued(server)).includes(id)) return true;
      if (clock.now() >= endAt) return false;
      await new Promise<void>((resolve) => void clock.after(askEveryMs, resolve));
    }
  }

  async function takeBack(server: JsonRpc, id: string): Promise<HandOver> {
    const { deleted } = await server.call('thread/queue/delete', { threadId, queuedSubmissionId: id });
    if (deleted !== true) return { is: 'taken' };
    const seconds = (looksEveryMs + graceMs) / 1000;
    return {
      is: 'refused',
      reason: `codex did not take it from its queue within ${seconds} s, as after an interruption; it was taken back`,
    };
  }

  async function queued(server: JsonRpc): Promise<string[]> {
    const { data } = await server.call('thread/queue/list', { threadId });
    if (!Array.isArray(data)) throw new Error('codex did not list its queue');
    return data.map(idOf);
  }
}

function idOf(submission: unknown): string {
  const id = (submission as { id?: unknown } | null | undefined)?.id;
  if (typeof id !== 'string') throw new Error('codex named no id for the message');
  return id;
}

/** A TUI that started the shared server is its parent; its threads are those of every pane all the same. */
function lockedThreads({ open, argv }: ProcessInfo): Array<{ home: string; threadId: string }> {
  if (argv.includes('app-server')) return [];
  return open.flatMap((path) => {
    const held = heldThread(path);
    return held === null ? [] : [{ home: held.folder, threadId: held.thread }];
  });
}
