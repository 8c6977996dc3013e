// Questions and completions among labelled endings of turns: tests/endings/*.json, each a list of
// { id, agent, label: question | completion | none, words }. A file with `held-out` in its name is kept out of sight:
// its figures are shown, never what it holds.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const labels = ['question', 'completion'];
const lines = 20;

/** { dev, heldOut }, each with precision and recall of both labels; null where there is nothing to measure or to judge with. */
export async function scoreEndings(folder, places) {
  const judge = await judgeFrom(places);
  if (judge === null) return { measured: false, reason: 'no judge of closing words (screen/closing) is built' };
  if (!existsSync(folder)) return { measured: false, reason: `${folder} does not exist` };
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (files.length === 0) return { measured: false, reason: `${folder} holds no .json` };
  const [dev, heldOut] = [[], []];
  for (const name of files.sort()) (/held-?out/i.test(name) ? heldOut : dev).push(...endingsOf(join(folder, name)));
  return { measured: true, dev: figures(dev, judge), heldOut: figures(heldOut, judge) };
}

async function judgeFrom(places) {
  const place = places.find((candidate) => existsSync(candidate));
  if (place === undefined) return null;
  const { judgeClosing } = await import(pathToFileURL(place).href);
  return typeof judgeClosing === 'function' ? judgeClosing : null;
}

/** @throws naming the file and the entry's number, never its words */
function endingsOf(file) {
  let list;
  try {
    list = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`endings: ${file}: is not JSON`);
  }
  if (!Array.isArray(list)) throw new Error(`endings: ${file}: must be a list`);
  for (const [at, entry] of list.entries()) {
    const isWhole = [...labels, 'none'].includes(entry?.label) && Array.isArray(entry.words);
    if (!isWhole)
      throw new Error(`endings: ${file}: entry ${at + 1}: needs label (question, completion, none) and words`);
  }
  return list;
}

function figures(endings, judge) {
  if (endings.length === 0) return null;
  const judged = endings.map(({ label, words }) => ({ label, kind: judge(words, { lines })?.kind ?? 'none' }));
  const result = { n: endings.length };
  for (const label of labels) {
    const said = judged.filter(({ kind }) => kind === label).length;
    const are = judged.filter((ending) => ending.label === label).length;
    const both = judged.filter((ending) => ending.label === label && ending.kind === label).length;
    result[label] = { precision: said === 0 ? 1 : both / said, recall: are === 0 ? 1 : both / are, n: are };
  }
  return result;
}
