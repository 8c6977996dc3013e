import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Bridge } from '../../../app/bridge.ts';
import { messageOf } from '../../../core/failure.ts';
import type { JournalEvent } from '../../../core/journal-event.ts';
import { isProgram } from '../../../core/member.ts';
import type { MailState, Message, MessageId } from '../../../core/message.ts';
import { safeJson } from '../../../core/visible.ts';
import type { Feed } from '../feed.ts';
import { type Push, PushSocket } from './push-socket.ts';
import { chatMessage } from './shapes.ts';

/** So long after a push its reader is asked whether it has it; many pushes are asked of at once. */
const askAfterMs = 100;
/** Whoever closes the server waits so long for those who read. */
const settleLimitMs = 500;
/** How far each has heard is kept so often: after a crash it is told of the last second again. */
const keepEveryMs = 1_000;

type Parts = Pick<Bridge, 'journal' | 'directory' | 'say'>;

/**
 * What agent-chat's agents are told on their sockets as it happens: new messages, and who comes, goes, works and rests. Each hears of
 * what was sent since it has last heard, also across restarts of the server; an agent that has never listened, from then on.
 */
export class Pushes {
  readonly #bridge: Parts;
  readonly #feed: Feed;
  /** by the name under which mail is kept */
  readonly #sockets = new Map<string, Set<PushSocket>>();
  /** the number of the last message of which an agent has heard */
  readonly #heard = new Map<string, number>();
  readonly #unkept = new Set<string>();
  readonly #unasked = new Set<PushSocket>();
  #asking: NodeJS.Timeout | null = null;
  #keeping: NodeJS.Timeout | null = null;
  #end: (() => void) | null = null;

  constructor(bridge: Parts, feed: Feed) {
    this.#bridge = bridge;
    this.#feed = feed;
  }

  isConnected(name: string): boolean {
    return this.#sockets.has(name);
  }

  /** @param closed nobody listens for this agent any more */
  open(name: string, socket: WebSocket, closed: () => void): void {
    const one = new PushSocket({
      socket,
      from: this.#heardBy(name),
      after: (number, limit) =>
        this.#bridge.journal.mail
          .unreadAfter(name, number, limit)
          .map(({ seq, message }) => ({ number: seq, text: this.#textOf(message, name) })),
      heard: (number) => this.#hasHeard(name, number),
    });
    const others = this.#sockets.get(name);
    if (others === undefined) this.#sockets.set(name, new Set([one]));
    else others.add(one);
    this.#end ??= this.#feed.subscribe(
      { take: (event) => this.#take(event), isFull: () => false, hasRoom: async () => true },
      null,
    );
    socket.once('close', () => {
      this.#unasked.delete(one);
      const left = this.#sockets.get(name);
      left?.delete(one);
      if (left?.size !== 0) return;
      this.#sockets.delete(name);
      closed();
      if (this.#sockets.size > 0) return;
      this.#end?.();
      this.#end = null;
    });
  }

  /** All who listen are told. */
  tellAll(type: string, data: object): void {
    const text = safeJson({ type, data });
    for (const sockets of this.#sockets.values()) for (const socket of sockets) socket.tell(text);
  }

  /** The name is nobody's any more: nothing is told, and nothing is known of what it has heard. */
  forget(name: string): void {
    this.#heard.delete(name);
    this.#unkept.delete(name);
    this.#bridge.journal.saveMemory(keyOf(name), null);
    this.#closeAll(name, 'deregistered');
  }

  /** Before sockets are closed: who reads says what it has read, so that none of it is told again afterwards. */
  async settle(): Promise<void> {
    const all = [...this.#sockets.values()].flatMap((some) => [...some]);
    const limit = new AbortController();
    await Promise.race([
      Promise.all(all.map((socket) => socket.settled())),
      delay(settleLimitMs, null, { signal: limit.signal }).catch(() => {}),
    ]);
    limit.abort();
  }

  close(): void {
    this.#end?.();
    if (this.#asking !== null) clearTimeout(this.#asking);
    if (this.#keeping !== null) clearTimeout(this.#keeping);
    this.#keep();
  }

  #take(event: JournalEvent): void {
    if (event.kind === 'message-sent') {
      const { message, state } = event.data as { message: Message; state: MailState };
      if (state.is === 'waiting') this.#push(message, message.to);
    } else if (event.kind === 'message-waiting') {
      // a person has let it go on
      const { member } = event.data as { member: string };
      const message = this.#sockets.has(member) ? this.#bridge.journal.mail.message(event.subject) : null;
      if (message !== null) this.#push(message, [member]);
    } else if (event.kind.startsWith('member-') && this.#sockets.has(event.subject)) {
      const member = this.#bridge.directory.member(event.subject);
      if (member === null || !isProgram(member)) this.#closeAll(event.subject, 'the name is of another now');
    }
  }

  #push(message: Message, to: readonly string[]): void {
    const listening = to.filter((name) => this.#sockets.has(name));
    const number = listening.length === 0 ? null : this.#bridge.journal.mail.numberOf(message.id as MessageId);
    if (number === null) return;
    const isSame = message.group !== undefined;
    let push: Push | null = null;
    for (const name of listening) {
      if (push === null || !isSame) push = { number, text: this.#textOf(message, name) };
      for (const socket of this.#sockets.get(name)!) if (socket.push(push)) this.#askSoon(socket);
    }
  }

  #textOf(message: Message, reader: string): string {
    const data = chatMessage(message, reader, (name) => this.#bridge.directory.shown(name));
    return safeJson({ type: 'new_message', data });
  }

  #askSoon(socket: PushSocket): void {
    this.#unasked.add(socket);
    this.#asking ??= setTimeout(() => {
      this.#asking = null;
      for (const one of this.#unasked) one.ask();
      this.#unasked.clear();
    }, askAfterMs);
  }

  #heardBy(name: string): number {
    const { journal } = this.#bridge;
    const known = this.#heard.get(name) ?? journal.memory<number>(keyOf(name));
    if (known === null) this.#hasHeard(name, journal.mail.lastNumber());
    else this.#heard.set(name, known);
    return this.#heard.get(name)!;
  }

  #hasHeard(name: string, number: number): void {
    if (number <= (this.#heard.get(name) ?? -1)) return;
    this.#heard.set(name, number);
    this.#unkept.add(name);
    this.#keeping ??= setTimeout(() => {
      this.#keeping = null;
      this.#keep();
    }, keepEveryMs);
  }

  #keep(): void {
    const { journal } = this.#bridge;
    if (this.#unkept.size === 0) return;
    try {
      journal.transact(() => {
        for (const name of this.#unkept) journal.saveMemory(keyOf(name), this.#heard.get(name));
      });
      this.#unkept.clear();
    } catch (fault) {
      // it is kept the next time; until then some would be told twice after a crash
      this.#bridge.say('warning', `server: ${messageOf(fault)}`);
    }
  }

  #closeAll(name: string, reason: string): void {
    for (const socket of this.#sockets.get(name) ?? []) socket.close(1000, reason);
  }
}

function keyOf(name: string): string {
  return `agent-chat|heard|${name}`;
}
