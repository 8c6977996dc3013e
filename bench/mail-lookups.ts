import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintId } from '../bridge/core/ids.ts';
import type { MailState, Message, MessageId } from '../bridge/core/message.ts';
import { Journal } from '../bridge/journal/journal.ts';
import { quantile } from './quantile.ts';

/** What is asked of the journal, and what it took, in milliseconds. */
export interface Lookup {
  readonly what: string;
  readonly found: number;
  readonly p50: number;
  readonly p99: number;
}

export interface MailLookups {
  readonly messages: number;
  readonly megabytes: number;
  readonly writtenPerSecond: number;
  /** opening it again, its own check included */
  readonly openedMs: number;
  readonly lookups: readonly Lookup[];
}

const members = Array.from({ length: 100 }, (_, index) => `shop/agent-${index}`);
const threads = Array.from({ length: 2_000 }, (_, index) => `topic/${index}`);
/** Beside what is read, each member has so many unread. */
const unreadEach = 100;
const commonWords = 'the tests are green now please look at this file again and say whether it may be merged'.split(
  ' ',
);
const startAt = Date.UTC(2026, 0, 1);

/** Fills a journal of its own with so many messages, by the journal's own writer, and looks them up. */
export function benchMailLookups({
  messages,
  rounds = 200,
}: {
  readonly messages: number;
  readonly rounds?: number;
}): MailLookups {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-mail-lookups-'));
  const path = join(folder, 'bridge.db');
  try {
    const filled = performance.now();
    let { journal } = Journal.open(path, { now: startAt });
    const ids = fill(journal, messages);
    const writtenPerSecond = Math.round(messages / ((performance.now() - filled) / 1000));
    journal.close();
    const opening = performance.now();
    ({ journal } = Journal.open(path, { now: startAt }));
    const openedMs = Math.round(performance.now() - opening);
    const { mail } = journal;
    const member = members[7]!;
    const middle = startAt + messages * 500;
    const ask = (what: string, look: (round: number) => number) => timed(what, rounds, look);
    const lookups = [
      ask('unread of one member', () => mail.unreadOf(member).length),
      ask('how much each member has not read', () => members.reduce((sum, name) => sum + mail.countUnread(name), 0)),
      ask('what waits for one member', () => mail.mailOf(member, ['waiting']).length),
      ask('search: a word that stands in one message', (round) => mail.history.search(`word${round * 37}`, 50).length),
      ask(
        'search: two words, one of them in every message',
        (round) => mail.history.search(`the part${round % 997}`, 50).length,
      ),
      ask('search: words that stand in every message', () => mail.history.search('the tests green', 50).length),
      ask('search: no message', () => mail.history.search('nowhere', 50).length),
      ask('history of one member', () => mail.history.messages({ with: member, limit: 50 }).length),
      ask(
        'history of an hour',
        () => mail.history.messages({ since: middle, until: middle + 3_600_000, limit: 50 }).length,
      ),
      ask('a thread', (round) => mail.thread(threads[round]!, 50).length),
      ask('all threads', () => mail.threads().length),
      ask('who takes part in a thread', (round) => mail.participants(threads[round]!).length),
      ask(
        'a message by its last characters',
        (round) => mail.messagesEnding(ids[(round * 7_919) % ids.length]!.slice(-6)).length,
      ),
    ];
    journal.close();
    return { messages, megabytes: Math.round(statSync(path).size / 1e6), writtenPerSecond, openedMs, lookups };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A journal at this path with so many messages. */
export function fillJournal(path: string, messages: number): void {
  const { journal } = Journal.open(path, { now: startAt });
  fill(journal, messages);
  journal.close();
}

function fill(journal: Journal, count: number): MessageId[] {
  const ids: MessageId[] = [];
  const batch = 5_000;
  for (let start = 0; start < count; start += batch) {
    journal.transact(() => {
      for (let index = start; index < Math.min(start + batch, count); index++) {
        const message = messageNumbered(index);
        ids.push(message.id);
        journal.mail.saveMessage(message, stateOf(index, count));
      }
    });
  }
  return ids;
}

function messageNumbered(index: number): Message {
  const sentAt = startAt + index * 1_000;
  const words = commonWords.map((word, place) => (place === 5 ? `part${index % 997}` : word)).join(' ');
  return {
    id: mintId<MessageId>(sentAt, ((index * 2_654_435_761) % 2_176_782_336).toString(36).padStart(6, '0')),
    thread: threads[index % threads.length]!,
    from: { name: members[index % members.length]!, standing: 'verified' },
    to: [members[(index * 31 + 1) % members.length]!],
    body: `${words} word${index} number ${index}`,
    sentAt,
    causedBy: null,
    hops: 1,
    noReply: false,
  };
}

/** The last ones have not been read; what came before was read, or stands in a pane. */
function stateOf(index: number, count: number): MailState {
  const at = startAt + index * 1_000;
  if (index >= count - members.length * unreadEach) return { is: 'waiting' };
  const receipt = { at, typedAt: at, evidence: 'composer-emptied-and-echoed', lines: [] };
  return index % 2 === 0 ? { is: 'read', at } : { is: 'submitted', as: 'text', receipt, at };
}

function timed(what: string, rounds: number, look: (round: number) => number): Lookup {
  const took: number[] = [];
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    found = look(round);
    took.push(performance.now() - began);
  }
  const inMs = (share: number) => Math.round((quantile(took, share) ?? 0) * 1000) / 1000;
  return { what, found, p50: inMs(0.5), p99: inMs(0.99) };
}
