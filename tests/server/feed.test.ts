import { afterEach, expect, test } from 'vitest';
import type { JournalEvent } from '../../bridge/core/journal-event.ts';
import { Feed, type Subscriber } from '../../bridge/server/hub/feed.ts';

/** A journal in memory, which other processes may write without a word. */
class Kept {
  readonly events: JournalEvent[] = [];
  readonly warnings: string[] = [];
  isBroken = false;
  #hear = () => {};

  write(count: number, { isHeard = true } = {}): void {
    for (let index = 0; index < count; index++) {
      const seq = (this.events.at(-1)?.seq ?? 0) + 1;
      this.events.push({ seq, at: 0, kind: 'message-sent', subject: 'x', data: null });
    }
    if (isHeard) this.#hear();
  }

  readonly source = {
    eventsAfter: (seq: number, limit: number) => {
      if (this.isBroken) throw new Error('the disk is gone');
      return this.events.filter((event) => event.seq > seq).slice(0, limit);
    },
    newest: () => this.events.at(-1)?.seq ?? 0,
    listen: (hear: () => void) => {
      this.#hear = hear;
      return () => {
        this.#hear = () => {};
      };
    },
    warn: (text: string) => void this.warnings.push(text),
  };
}

const feeds: Feed[] = [];
afterEach(() => {
  for (const feed of feeds.splice(0)) feed.close();
});

function feedOf(kept: Kept): Feed {
  const feed = new Feed(kept.source);
  feeds.push(feed);
  return feed;
}

function reader(hasRoom: () => Promise<boolean> = async () => true): Subscriber & { readonly seen: number[] } {
  const seen: number[] = [];
  return { seen, take: ({ seq }) => void seen.push(seq), isFull: () => false, hasRoom };
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const until = (condition: () => boolean) => expect.poll(condition, { interval: 1, timeout: 5_000 }).toBe(true);

test('who listens from now on hears what happens, those of other processes as well', async () => {
  const kept = new Kept();
  kept.write(3);
  const one = reader();
  feedOf(kept).subscribe(one, null);
  kept.write(2);
  await until(() => one.seen.length === 2);
  kept.write(1, { isHeard: false });
  await until(() => one.seen.length === 3);
  expect(one.seen).toEqual([4, 5, 6]);
});

test('who comes back gets each once and in order, however much it is and whatever happens meanwhile', async () => {
  const kept = new Kept();
  kept.write(1_700);
  const feed = feedOf(kept);
  const live = reader();
  feed.subscribe(live, null);
  const late = reader(async () => {
    // it happens in the middle of it, again and again
    if (kept.events.length < 3_000) kept.write(3);
    return true;
  });
  feed.subscribe(late, 10);
  await until(() => kept.events.length >= 3_000 && late.seen.at(-1) === kept.events.length);
  kept.write(5);
  await until(() => late.seen.at(-1) === kept.events.length);
  expect(late.seen).toEqual(upTo(11, kept.events.length));
  expect(live.seen).toEqual(upTo(1_701, kept.events.length));
});

test('who goes, or does not read, is sent no more; a number that does not exist yet is now', async () => {
  const kept = new Kept();
  kept.write(1_000);
  const feed = feedOf(kept);
  const [full, gone, ahead] = [reader(async () => false), reader(), reader()];
  feed.subscribe(full, 0);
  const end = feed.subscribe(gone, 0);
  end();
  feed.subscribe(ahead, 9_999);
  kept.write(1);
  await until(() => ahead.seen.length === 1);
  expect([full.seen, gone.seen, ahead.seen]).toEqual([[], [], [1_001]]);
});

test('who falls behind catches up as it reads, and is live again', async () => {
  const kept = new Kept();
  const feed = feedOf(kept);
  const fullAt = new Set([3, 700]);
  const plain = reader();
  const one = { ...plain, isFull: () => fullAt.delete(plain.seen.length) };
  feed.subscribe(one, null);
  for (const count of [2, 900, 1, 4]) {
    kept.write(count);
    await until(() => one.seen.length === kept.events.length);
  }
  expect(fullAt.size).toBe(0);
  expect(one.seen).toEqual(upTo(1, 907));
});

test('a journal that cannot be read for a while costs nobody an event', async () => {
  const kept = new Kept();
  kept.write(10);
  const feed = feedOf(kept);
  const [live, late] = [reader(), reader()];
  feed.subscribe(live, null);
  kept.isBroken = true;
  feed.subscribe(late, 5);
  kept.write(2);
  await until(() => kept.warnings.length >= 2);
  kept.isBroken = false;
  await until(() => live.seen.length === 2 && late.seen.length === 7);
  expect([live.seen, late.seen]).toEqual([
    [11, 12],
    [6, 7, 8, 9, 10, 11, 12],
  ]);
});
