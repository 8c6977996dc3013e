import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closingRows, judgeClosing } from '../../bridge/screen/closing.ts';
import { endingsOf } from './endings.ts';

const tables = Object.entries(closingRows) as Array<[keyof typeof closingRows, (typeof closingRows)['asking']]>;
const rows = tables.flatMap(([table, list]) => list.map((row) => ({ table, row })));
const endings = endingsOf('dev', 'dev-2', 'dev-3', 'fresh-7-working', 'fresh-7-second');
const judgedWell = endings.filter(({ label, words }) => judgeClosing(words).kind === label);

describe.each(rows)('the row $row.name of $table', ({ table, row }) => {
  test('is found in its example, and not in what looks alike', () => {
    const [like, unlike] = row.examples;
    expect(like).toMatch(row.pattern);
    expect(unlike).not.toMatch(row.pattern);
  });

  test('is needed: without it a labelled ending is misjudged', () => {
    const others = { ...closingRows, [table]: closingRows[table].filter((other) => other !== row) };
    const lost = judgedWell.find(({ label, words }) => judgeClosing(words, { lines: 20 }, others).kind !== label);
    expect(lost?.id).toBeDefined();
  });
});

test('no two rows have one name', () => {
  const names = rows.map(({ row }) => row.name);
  expect(new Set(names).size).toBe(names.length);
});

test('no pattern is longer than a line of the source', () => {
  const folder = resolve(import.meta.dirname, '../../bridge/screen/closing');
  const source = ['lines', 'asking', 'working'].flatMap((table) =>
    readFileSync(resolve(folder, `${table}.ts`), 'utf8').split('\n'),
  );
  // what stands in a template is a list of words with a name
  const patterns = source.filter((line) => /^\s+(?:['\w-]+: \[)?(?:\/(?!\*)|new RegExp|`)/.test(line));
  expect(patterns.length).toBeGreaterThan(rows.length / 2);
  expect(patterns.filter((line) => line.trim().length > 120)).toEqual([]);
});
