import { expect, test } from 'vitest';
import { heldAtFirstLook, News } from '../../bridge/cli/mcp-news.ts';
import type { JournalEvent } from '../../bridge/core/journal-event.ts';
import { waitFor } from '../fixtures/private-tmux.ts';

/** A journal whose followers begin when the test lets them. */
function slowJournal() {
  const events: JournalEvent[] = [];
  const starts: Array<(fault?: Error) => void> = [];
  const followers: Array<(event: JournalEvent) => void> = [];
  const written = () => ({ seq: events.length + 1, at: 0, kind: 'message-sent', subject: 'm', data: {} }) as never;
  return {
    events,
    followers,
    /** while somebody follows */
    append(): void {
      const event: JournalEvent = written();
      events.push(event);
      for (const take of followers) take(event);
    },
    write: () => events.push(written()),
    /** lets the next follower begin, or has it fail */
    start: async (fault?: Error) => (await waitFor('a follower', () => starts.shift()))(fault),
    newest: async () => events.length,
    async follow(after: number, take: (event: JournalEvent) => void, stop: AbortSignal) {
      await new Promise<void>((resolve, reject) => starts.push((fault) => (fault ? reject(fault) : resolve())));
      for (const event of events.slice(after)) take(event);
      followers.push(take);
      await new Promise((resolve) => stop.addEventListener('abort', resolve));
    },
  };
}

const seat = { key: async () => 'coder' };

test('a change between the first look and the moment from which the journal is followed is told', async () => {
  const journal = slowJournal();
  journal.write();
  const news = new News(journal, seat);
  const told: number[] = [];
  news.listen(({ seq }) => told.push(seq));
  const answered: string[] = [];
  const take = heldAtFirstLook<{ method: string }>(news, ({ method }) => {
    answered.push(method);
  });
  take({ method: 'tools/call' });
  expect(answered).toEqual(['tools/call']);
  take({ method: 'resources/read' });
  take({ method: 'notifications/cancelled' });
  // nothing is looked at before it is known up to where the journal has come
  expect(answered).toEqual(['tools/call']);
  await waitFor('it is answered', () => answered.length === 3);
  expect(answered).toEqual(['tools/call', 'resources/read', 'notifications/cancelled']);
  journal.write();
  await journal.start();
  await waitFor('it is told', () => told.length > 0);
  expect(told).toEqual([2]);
  news.end();
});

test('whoever looks first and subscribes then is told what changed in between', async () => {
  const journal = slowJournal();
  const news = new News(journal, seat);
  const told: number[] = [];
  let isSubscribed = false;
  news.listen(({ seq }) => isSubscribed && told.push(seq));
  const take = heldAtFirstLook<{ method: string }>(news, ({ method }) => {
    // as a handler of the protocol does it: not at once
    if (method !== 'resources/subscribe') return;
    queueMicrotask(() => {
      isSubscribed = true;
    });
  });
  take({ method: 'resources/read' });
  await journal.start();
  await waitFor('somebody follows', () => journal.followers.length > 0);
  journal.append();
  take({ method: 'resources/subscribe' });
  await waitFor('it is told', () => told.length > 0);
  expect(told).toEqual([1]);
  news.end();
});

test('what happens while the bridge is away is told once it is back, each once', async () => {
  const journal = slowJournal();
  const news = new News(journal, seat);
  const told: number[] = [];
  news.listen(({ seq }) => told.push(seq));
  await news.begin();
  journal.write();
  await journal.start(new Error('it is away'));
  journal.write();
  await journal.start();
  await waitFor('both are told', () => told.length === 2);
  expect(told).toEqual([1, 2]);
  news.end();
});

test('a look at a journal that cannot be read is answered all the same, and the next one tries again', async () => {
  const faults = [new Error('it hangs')];
  const journal = slowJournal();
  const newest = async () => {
    const fault = faults.pop();
    if (fault !== undefined) throw fault;
    return journal.events.length;
  };
  const news = new News({ ...journal, newest }, seat);
  const told: number[] = [];
  news.listen(({ seq }) => told.push(seq));
  const answered: number[] = [];
  const take = heldAtFirstLook<{ method: string; id: number }>(news, ({ id }) => {
    answered.push(id);
  });
  take({ method: 'resources/list', id: 1 });
  await waitFor('it is answered', () => answered.length === 1);
  take({ method: 'resources/read', id: 2 });
  await waitFor('it is answered', () => answered.length === 2);
  journal.write();
  await journal.start();
  await waitFor('it is told', () => told.length === 1);
  news.end();
});
