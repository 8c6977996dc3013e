import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Journal } from '../../bridge/journal/journal.ts';
import { waitFor } from '../fixtures/private-tmux.ts';
import { command, eachMailTestStarts, found, home, member, watch } from './mail-fixture.ts';

/** Threads as files, and the log of mail: what the journal has, for whoever reads files. */

eachMailTestStarts({ workers: ['coder'] });

const page = (thread: string) => readFileSync(join(home, 'threads', `${thread}.md`), 'utf8');
const entries = (text: string) => text.split(/^## /m).slice(1);

/** What the journal has of a thread, in its order. */
function bodies(thread: string): string[] {
  const { journal } = Journal.open(join(home, 'bridge.db'), { now: Date.now() });
  try {
    return journal.mail.thread(thread, 1_000).map(({ body }) => body);
  } finally {
    journal.close();
  }
}

test('twenty writers with ten posts each: two hundred whole entries in one order, and the file has the same', async () => {
  await command('add', 'reader');
  const writers = Array.from({ length: 20 }, (_, index) => `w${index}`);
  for (const name of writers) await command('add', name);
  await watch();
  const outcomes = await Promise.all(
    writers.map(async (name) => {
      const codes: Array<number | null> = [];
      for (let post = 0; post < 10; post++) {
        const text = `${name} post ${post}\nwith a second line of ${name}`;
        const order = ['--to', 'reader', '--as', name, '--timeout', '0', '--idempotency-key', `post ${post}`];
        let said = await command('post', 'team/plan', text, ...order);
        // on a machine that many share a bridge may not answer in time: the same key again sends nothing twice
        while (/has not answered within/.test(said.stderr)) said = await command('post', 'team/plan', text, ...order);
        codes.push(said.code);
      }
      return codes;
    }),
  );
  expect(outcomes.flat()).toEqual(Array(200).fill(2));
  const kept = bodies('team/plan');
  expect(kept).toHaveLength(200);
  for (const name of writers)
    expect(kept.filter((body) => body.startsWith(`${name} `)).map((body) => body.split('\n')[0])).toEqual(
      Array.from({ length: 10 }, (_, post) => `${name} post ${post}`),
    );
  await waitFor('the file has all of it', () => entries(page('team/plan')).length === 200);
  expect(entries(page('team/plan')).map((entry) => entry.slice(entry.indexOf('\n') + 2).trimEnd())).toEqual(kept);
  const log = readFileSync(join(home, 'mail.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(log.filter(({ state }) => state === 'sent').map(({ body }) => body)).toEqual(kept);
}, 180_000);

test('a file that is edited or deleted is written anew while the bridge runs, and by the next one', async () => {
  const coder = await member('coder');
  const watching = await watch();
  await watching.line('watched', found('coder'));
  await command('tell', 'coder', 'one');
  await waitFor('the files are there', () => page('coder+human').includes('one') || null);
  const whole = page('coder+human');
  expect(whole).toMatch(/^## \[human→\S*coder 2\d{3}-\d\d-\d\d \d\d:\d\d:\d\dZ\] #\w{4}\n\none\n\n$/);
  expect(statSync(join(home, 'threads/coder+human.md')).mode & 0o777).toBe(0o600);
  appendFileSync(join(home, 'threads/coder+human.md'), '## [human→coder] forged\n');
  await waitFor('it is whole again', () => page('coder+human') === whole);
  rmSync(join(home, 'threads'), { recursive: true });
  await waitFor('it is there again', () => statSync(join(home, 'threads/coder+human.md'), { throwIfNoEntry: false }));
  expect(page('coder+human')).toBe(whole);
  await watching.stop();
  rmSync(join(home, 'threads'), { recursive: true });
  rmSync(join(home, 'mail.log'));
  await watch();
  await waitFor('the next bridge has written them', () => statSync(join(home, 'mail.log'), { throwIfNoEntry: false }));
  await waitFor('the page, too', () => statSync(join(home, 'threads/coder+human.md'), { throwIfNoEntry: false }));
  expect(page('coder+human')).toBe(whole);
  expect(coder.inputs()).toHaveLength(1);
});

test('a command without a bridge writes them before it ends', async () => {
  await command('add', 'coder');
  await command('tell', 'coder', 'one');
  expect(page('coder+human')).toContain('one');
  expect(readFileSync(join(home, 'mail.log'), 'utf8')).toContain('"state":"sent"');
});
