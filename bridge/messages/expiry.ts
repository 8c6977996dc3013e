import type { Clock } from '../core/clock.ts';
import { inWords } from '../core/duration.ts';
import { shortId } from '../core/mail-lines.ts';
import type { Message, MessageId, SentMail } from '../core/message.ts';
import type { Directory } from './directory.ts';
import type { MailMemory, MailSteps } from './mail-steps.ts';
import type { Offering } from './offering.ts';

/** So much of a text says which one it was. */
const quoted = 60;

/** Ends what nobody was told of in time, and writes so to whoever wrote it: one note for one message. */
export class Expiry {
  readonly #memory: {
    readonly mail: Pick<MailMemory, 'overdue' | 'saveMessage'>;
    transact<T>(work: () => T): T;
  };
  readonly #steps: MailSteps;
  readonly #offering: Pick<Offering, 'takeBack' | 'tellOf'>;
  readonly #clock: Clock;
  readonly #mint: () => string;
  readonly #directory: Directory;
  readonly #noted: (note: Message) => void;
  readonly #say: (text: string) => void;

  /** @param parts.noted a note was written; `say`: a person wrote, and is told in the log */
  constructor(parts: {
    memory: { readonly mail: Pick<MailMemory, 'overdue' | 'saveMessage'>; transact<T>(work: () => T): T };
    steps: MailSteps;
    offering: Pick<Offering, 'takeBack' | 'tellOf'>;
    clock: Clock;
    mint: () => string;
    directory: Directory;
    noted: (note: Message) => void;
    say: (text: string) => void;
  }) {
    this.#memory = parts.memory;
    this.#steps = parts.steps;
    this.#offering = parts.offering;
    this.#clock = parts.clock;
    this.#mint = parts.mint;
    this.#directory = parts.directory;
    this.#noted = parts.noted;
    this.#say = parts.say;
  }

  tick(): void {
    const at = this.#clock.now();
    if (this.#memory.mail.overdue(at).length === 0) return;
    const ended = this.#memory.transact(() => {
      const expired = this.#memory.mail.overdue(at).filter((mail) => this.#end(mail, at));
      const notes = new Map<MessageId, string[]>();
      for (const { message, member } of expired) notes.set(message, [...(notes.get(message) ?? []), member]);
      for (const [id, members] of notes) this.#note(expired.find(({ message }) => message === id)!.sent, members, at);
      return expired;
    });
    for (const member of new Set(ended.map((mail) => mail.member))) this.#offering.tellOf(member);
  }

  /** False for what is being typed: how that ends decides. */
  #end(mail: SentMail, at: number): boolean {
    const { state } = mail;
    if (state.is !== 'offered') return this.#steps.step(mail, { type: 'expired', at });
    return (
      this.#offering.takeBack(mail, 'its time is over') &&
      this.#steps.step({ ...mail, state: { is: 'waiting' } }, { type: 'expired', at })
    );
  }

  /** It is of the chain of what it is about: to write again because of it is no new beginning. */
  #note(message: Message, members: readonly string[], at: number): void {
    const { id, thread, from, hops, expiresAt = at, sentAt, note } = message;
    if (note === true) return;
    const whom = members.map((name) => this.#directory.shown(name)).join(', ');
    const text = `#${shortId(id)} to ${whom} has expired: nobody could be told of it within ${inWords(expiresAt - sentAt)}. It began: ${beginning(message)}`;
    if (from.standing === 'human' || !this.#directory.members().some(({ name }) => name === from.name)) {
      this.#say(`message ${text}`);
      return;
    }
    const written: Message = {
      id: this.#mint() as MessageId,
      thread,
      from: { name: 'bridge', standing: 'verified' },
      to: [from.name],
      body: `Your message ${text}`,
      sentAt: at,
      causedBy: id,
      hops,
      noReply: true,
      note: true,
    };
    this.#memory.mail.saveMessage(written, { is: 'waiting' });
    this.#noted(written);
  }
}

function beginning({ body }: Message): string {
  const line = body.split('\n', 1)[0]!;
  return line.length <= quoted && line === body ? line : `${line.slice(0, quoted)}…`;
}
