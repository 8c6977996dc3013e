import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Closing, judgeClosing } from '../../bridge/screen/closing.ts';

/** The last words of a turn with how they leave the user: tests/endings/README.md. */
export interface Ending {
  readonly id: string;
  readonly agent: string;
  readonly label: Closing['kind'];
  readonly note: string;
  readonly words: readonly string[];
}

export function endingsOf(...corpora: readonly string[]): Ending[] {
  return corpora.flatMap(
    (corpus): Ending[] =>
      JSON.parse(readFileSync(resolve(import.meta.dirname, `../endings/${corpus}.json`), 'utf8')) as Ending[],
  );
}

export const kindOf = (words: readonly string[], lines = 20) => judgeClosing(words, { lines }).kind;

export function precisionAndRecall(endings: readonly Ending[], kind: Closing['kind']): [number, number] {
  const judged = endings.map(({ label, words }) => ({ label, kind: kindOf(words) }));
  const right = judged.filter((one) => one.kind === kind && one.label === kind).length;
  const claimed = judged.filter((one) => one.kind === kind).length;
  const meant = judged.filter(({ label }) => label === kind).length;
  return [right / claimed, right / meant];
}
