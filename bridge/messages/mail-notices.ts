import type { Documents } from '../core/documents.ts';
import { humanName } from '../core/member.ts';
import type { MailState, Message, MessageId } from '../core/message.ts';

/** What was refused because too much waits for a member, since it was last told of that. */
interface Refused {
  readonly messages: number;
  readonly at: number;
}

/** What bridge itself says to the person about mail: a hold, a queue that is full. Once each, until it is over. */
export class MailNotices {
  readonly #memory: Documents & {
    readonly mail: { saveMessage(message: Message, first: MailState): void };
    transact<T>(work: () => T): T;
  };
  readonly #mint: () => string;
  readonly #noted: (note: Message) => void;
  readonly #say: (text: string) => void;

  /** @param parts.noted a note to the person is kept; @param parts.say a line of the live log */
  constructor(parts: {
    memory: Documents & {
      readonly mail: { saveMessage(message: Message, first: MailState): void };
      transact<T>(work: () => T): T;
    };
    mint: () => string;
    noted: (note: Message) => void;
    say: (text: string) => void;
  }) {
    this.#memory = parts.memory;
    this.#mint = parts.mint;
    this.#noted = parts.noted;
    this.#say = parts.say;
  }

  /** A message is held. It stands in the thread, for all who read there. @param sender as people see it */
  held(message: Message, sender: string, why: string): void {
    const { thread, id, sentAt } = message;
    const resume = `\`bridge resume --thread ${/ /.test(thread) ? `'${thread}'` : thread}\` lets it go on`;
    const text = `a message of ${sender} is held: ${why}; ${resume}`;
    this.#say(`thread ${thread}: ${text}`);
    this.#once(heldKey(thread), sentAt, { thread, causedBy: id, body: `In thread ${thread} ${text}.` });
  }

  letGo(thread: string): void {
    this.#memory.saveMemory(heldKey(thread), null);
  }

  /** Too much waits for a member, and what is sent to it is refused. @param shown its name as people see it */
  full(member: string, shown: string, sender: string, at: number): void {
    const before = this.refusedFor(member);
    const text = `a message of ${sender} to ${shown} was refused: too many wait for it`;
    if (before === 0) this.#say(text);
    const refused: Refused = { messages: before + 1, at };
    this.#memory.transact(() => {
      this.#memory.saveMemory(fullKey(member), refused);
      const body = `${text}, and nobody has read them. Is it still there? \`bridge members\` shows it.`;
      this.#once(toldFullKey(member), at, { thread: `bridge/${humanName}`, causedBy: null, body: sentence(body) });
    });
  }

  /** How many were refused since the member was told of it. */
  refusedFor(member: string): number {
    return this.#memory.memory<Refused>(fullKey(member))?.messages ?? 0;
  }

  /** The member knows of what was refused; there is room again. */
  roomAgain(member: string): void {
    if (this.refusedFor(member) === 0) return;
    this.#memory.saveMemory(fullKey(member), null);
    this.#memory.saveMemory(toldFullKey(member), null);
  }

  #once(key: string, at: number, what: Pick<Message, 'thread' | 'causedBy' | 'body'>): void {
    if (this.#memory.memory<number>(key) !== null) return;
    const note: Message = {
      id: this.#mint() as MessageId,
      from: { name: 'bridge', standing: 'verified' },
      to: [humanName],
      sentAt: at,
      hops: 0,
      noReply: true,
      note: true,
      ...what,
    };
    this.#memory.transact(() => {
      this.#memory.saveMemory(key, at);
      this.#memory.mail.saveMessage(note, { is: 'waiting' });
    });
    this.#noted(note);
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function heldKey(thread: string): string {
  return `held|${thread}`;
}

function fullKey(member: string): string {
  return `refused|${member}`;
}

function toldFullKey(member: string): string {
  return `told-refused|${member}`;
}
