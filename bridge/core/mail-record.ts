import { type Receipt, receiptInWords } from './envelope.ts';
import type { JournalEvent } from './journal-event.ts';
import type { MailState, Message } from './message.ts';
import { safeJson } from './visible.ts';

/** One line of mail.log: who wrote to whom, when, and what became of it. Times are ISO 8601 in UTC. */
export interface MailRecord {
  readonly at: string;
  /** number of the event in the journal */
  readonly event: number;
  readonly id: string;
  readonly thread: string | null;
  readonly from: string | null;
  readonly standing: 'verified' | 'claimed' | 'human' | null;
  /** all recipients where it was sent, else the one of whom this tells */
  readonly to: readonly string[];
  readonly state: string;
  /** why, where it is held or nobody can tell */
  readonly why?: string;
  readonly receipt?: string;
  readonly body?: string;
}

/** A record as it stands in the file: no text forges another one. */
export function mailRecordLine(record: MailRecord): string {
  return `${safeJson(record)}\n`;
}

/** @param messageOf null where it is not kept any more */
export function mailRecord(event: JournalEvent, messageOf: (id: string) => Message | null): MailRecord {
  const data = event.data as Partial<{ message: Message; member: string; state: MailState }>;
  const message = data.message ?? messageOf(event.subject);
  const state = event.kind.replace(/^message-/, '');
  return {
    at: new Date(event.at).toISOString(),
    event: event.seq,
    id: event.subject,
    thread: message?.thread ?? null,
    from: message?.from.name ?? null,
    standing: message?.from.standing ?? null,
    to: data.member === undefined ? (message?.to ?? []) : [data.member],
    state,
    ...wordsOf(data.state),
    ...(data.message !== undefined && { body: data.message.body }),
  };
}

function wordsOf(state: MailState | undefined): { readonly why?: string; readonly receipt?: string } {
  if (state === undefined) return {};
  if (state.is === 'held') return { why: state.why };
  if (state.is === 'uncertain') return { why: state.reason };
  const receipt: Receipt | null = state.is === 'submitted' ? state.receipt : null;
  return receipt === null ? {} : { receipt: receiptInWords(receipt) };
}
