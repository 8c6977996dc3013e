import type { Clock } from '../core/clock.ts';
import type { Documents } from '../core/documents.ts';
import { messageOf } from '../core/failure.ts';
import { humanName } from '../core/member.ts';
import { isOver, type Message, type SentMail } from '../core/message.ts';
import type { MailMemory, MailSteps } from './mail-steps.ts';

type HumanMemory = Documents & Pick<MailMemory, 'mailOf' | 'unreadOf'>;

/** ids of the unread pages for which he was called */
const calledKey = 'called-for-mail';

/**
 * Mail to the person: a page in `inbox/`, and a call. The page is written before it is said to be there; written again where a
 * crash came in between, it is the same one.
 */
export class HumanMail {
  readonly #memory: HumanMemory;
  readonly #steps: MailSteps;
  readonly #clock: Clock;
  readonly #place: (message: Message) => Promise<string>;
  readonly #placed: (message: Message) => void;
  readonly #say: (text: string) => void;
  /** messages whose pages are being written */
  readonly #placing = new Set<string>();
  /** what could not be written, and why: said once */
  readonly #faults = new Map<string, string>();
  /** a command calls nobody: it ends at once */
  #mayCall = false;

  /**
   * @param parts.place writes the page. @returns its file
   * @param parts.placed it is there for the first time
   */
  constructor(parts: {
    memory: HumanMemory;
    steps: MailSteps;
    clock: Clock;
    place: (message: Message) => Promise<string>;
    placed: (message: Message) => void;
    say: (text: string) => void;
  }) {
    this.#memory = parts.memory;
    this.#steps = parts.steps;
    this.#clock = parts.clock;
    this.#place = parts.place;
    this.#placed = parts.placed;
    this.#say = parts.say;
  }

  /** Writes a page for whatever waits; what cannot be written is tried again at the next call. */
  tellOf(): void {
    const now = this.#clock.now();
    for (const mail of this.#memory.mailOf(humanName, ['waiting']))
      if (!isOver(mail, now) && !this.#placing.has(mail.message)) void this.#write(mail);
  }

  /**
   * A bridge that calls him has started: pages that stood there are looked after again, missing ones are written, and he is
   * called for those that were written by a command, while nobody did.
   */
  resume(): void {
    this.#mayCall = true;
    for (const { state, sent } of this.#memory.unreadOf(humanName)) {
      if (state.is !== 'submitted') continue;
      void this.#place(sent).catch(() => {});
      this.#call(sent);
    }
    this.tellOf();
  }

  /** Once for each page. */
  #call(message: Message): void {
    if (!this.#mayCall) return;
    const called = this.#memory.memory<readonly string[]>(calledKey) ?? [];
    if (called.includes(message.id)) return;
    const unread = new Set<string>(this.#memory.unreadOf(humanName).map((mail) => mail.message));
    this.#memory.saveMemory(calledKey, [...called.filter((id) => unread.has(id)), message.id]);
    this.#placed(message);
  }

  async #write(mail: SentMail): Promise<void> {
    const { message, member, sent } = mail;
    this.#placing.add(message);
    try {
      const typedAt = this.#clock.now();
      const file = await this.#place(sent);
      this.#faults.delete(message);
      const at = this.#clock.now();
      const receipt = { at, typedAt, evidence: 'page-written', lines: [file] };
      // it may have been read or withdrawn while it was written
      const current = this.#memory.mailOf(member, ['waiting']).find((one) => one.message === message);
      if (current !== undefined && this.#steps.step(current, { type: 'placed', receipt, at })) this.#call(sent);
    } catch (fault) {
      const why = messageOf(fault);
      if (this.#faults.get(message) !== why) this.#say(`a message to you waits: ${why}`);
      this.#faults.set(message, why);
    } finally {
      this.#placing.delete(message);
    }
  }
}
