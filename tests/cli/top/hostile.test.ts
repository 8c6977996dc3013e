import { expect, test } from 'vitest';
import { methods } from '../../../bridge/api/index.ts';
import { drawn } from '../../../bridge/cli/top/draw.ts';
import { written } from '../../../bridge/cli/top/line.ts';
import { beginning, type Known, type TopState, tabs } from '../../../bridge/cli/top/state.ts';
import { columnsOf } from '../../../bridge/screen/frame.ts';
import { hostileDocuments } from '../../fixtures/hostile-documents.ts';
import { filled, hostile, hostileWords, obeyed } from '../../fixtures/hostile-words.ts';

/** `bridge top`, where every field that the schemas of what it asks leave open is what an agent would write to harm its reader. */

const asked = (name: string, words: string) => {
  const { result } = methods.find((one) => one.name === name) as { result: Parameters<typeof filled>[0] };
  const documents = { ...hostileDocuments(words), state: name === 'requests' ? 'asked' : undefined };
  return filled(result, { word: (_, count) => `${count}${words}`, documents, items: 3 });
};

const knownOf = (words: string) =>
  ({
    overview: asked('overview', words),
    requests: asked('requests', words),
    members: asked('members', words),
    messages: asked('history', words),
    pauses: { '*': words, [words]: words },
  }) as Known;

test.each([...Object.entries(hostileWords), ['all of it', hostile], ['a word of a megabyte', 'W'.repeat(1 << 20)]])(
  '%s: nothing of it reaches the terminal as it is, and a row stays a row',
  (_, words) => {
    const known = knownOf(words);
    for (const tab of tabs)
      for (const isOpen of [false, true])
        for (const prompt of [null, { is: 'answer', id: words, text: words } as const]) {
          const screen = { member: known.members[0]!.fullName, lines: [words, words] };
          const state: TopState = { ...beginning, known, tab, isOpen, prompt, note: words, screen };
          for (const [columns, rows] of [
            [80, 24],
            [40, 8],
            [200, 50],
          ] as const) {
            const lines = drawn(state, { columns, rows }, 1_700_000_060_000).map((line) =>
              written(line, columns, false),
            );
            expect(lines.length).toBe(rows);
            expect(
              lines.filter((line) => columnsOf(line) > columns || obeyed.test(line) || /[\t\n]/.test(line)),
            ).toEqual([]);
          }
        }
  },
);
