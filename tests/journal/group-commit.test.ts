import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { GroupCommit } from '../../bridge/journal/group-commit.ts';
import { Journal } from '../../bridge/journal/journal.ts';

let journal: Journal;
let commits: GroupCommit;
/** transactions that were not within another: each is a wait for the disk */
let outermost: number;
let refusing: boolean;

beforeEach(() => {
  journal = Journal.open(':memory:', { now: 0 }).journal;
  outermost = 0;
  refusing = false;
  let depth = 0;
  commits = new GroupCommit({
    transact(work) {
      if (depth === 0) outermost++;
      depth++;
      try {
        return journal.transact(() => {
          const result = work();
          if (refusing) throw new Error('the disk is full');
          return result;
        });
      } finally {
        depth--;
      }
    },
  });
});

const record = (subject: string) => journal.record({ at: 1, kind: 'clock-stepped', subject, data: null });
const recorded = () => journal.events().map(({ subject }) => subject);

test('what is asked for in one turn of the loop is one commit, in order, and each hears of its own result', async () => {
  const results = await Promise.all(['a', 'b', 'c'].map((subject) => commits.commit(() => record(subject))));
  expect(outermost).toBe(1);
  expect(results).toEqual([1, 2, 3]);
  expect(recorded()).toEqual(['a', 'b', 'c']);
  await commits.commit(() => record('d'));
  expect(outermost).toBe(2);
});

test('nothing is told before it is committed', async () => {
  let told = false;
  const done = commits
    .commit(() => record('a'))
    .then(() => {
      told = true;
    });
  await Promise.resolve();
  expect([told, recorded()]).toEqual([false, []]);
  await done;
  expect(recorded()).toEqual(['a']);
});

test('whichever of them throw, they alone are undone and hear of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (sound) => {
      const before = recorded().length;
      const outcomes = await Promise.allSettled(
        sound.map((isSound, index) =>
          commits.commit(() => {
            record(`${index}`);
            if (!isSound) throw new Error(`${index} is stale`);
          }),
        ),
      );
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(sound);
      expect(recorded().slice(before)).toEqual([...sound.keys()].filter((index) => sound[index]).map(String));
    }),
    { numRuns: 60, seed: 3 },
  );
});

test('a commit that the disk refuses leaves nothing of any of them, and each hears of it', async () => {
  refusing = true;
  const outcomes = await Promise.allSettled(['a', 'b'].map((subject) => commits.commit(() => record(subject))));
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { message: 'the disk is full' } },
    { status: 'rejected', reason: { message: 'the disk is full' } },
  ]);
  expect(recorded()).toEqual([]);
  refusing = false;
  await commits.commit(() => record('c'));
  expect(recorded()).toEqual(['c']);
});
