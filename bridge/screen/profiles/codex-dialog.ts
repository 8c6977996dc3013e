import type { Row } from '../../core/pane.ts';
import type { Dialog, DialogSubject } from '../../core/reading.ts';
import { type DialogOnScreen, isElided, makeDialog, readOptions } from '../dialog.ts';
import { lastFilled } from '../rows.ts';

/**
 * A dialog of Codex 0.169.0 takes the composer's place: numbered options, one chosen with `›`, and at the very bottom
 * the line that names its keys. The same words anywhere above are prose.
 */
export function codexDialog(rows: readonly Row[]): DialogOnScreen | null {
  const last = lastFilled(rows);
  if (last < 0 || !keys.test(rows[last]!.text)) return null;
  const chosen = rows.findLastIndex((row) => /^\s{0,2}[›>] \d+\. /.test(row.text));
  if (chosen < 0) return null;
  let firstOption = chosen;
  for (let at = chosen - 1; at >= 0 && chosen - at < 40; at--) {
    const text = rows[at]!.text;
    if (/^\s+\d+\. /.test(text)) firstOption = at;
    else if (!/^\s{4}/.test(text) && text.trim() !== '') break;
  }
  let first = firstOption;
  while (first > 0 && !/^\S/.test(rows[first - 1]!.text)) first--;
  const asked = rows.slice(first, firstOption).map(({ text }) => text.trim());
  const question =
    asked.find((text) => /^Would you like to |\?$/.test(text)) ?? asked.find((text) => text !== '') ?? '';
  const from = first + Math.max(0, asked.indexOf(question));
  const kind = kindOf(question);
  const options = readOptions(rows.slice(firstOption, last).map(({ text }) => text));
  const subject = kind === 'approval' ? commandIn(rows.slice(from, firstOption)) : null;
  return { dialog: makeDialog({ kind, question, subject, options }), rows: [from, last] };
}

/** `  $ npm test`, and the rows that go on with it at its indent. */
function commandIn(rows: readonly Row[]): DialogSubject | null {
  const at = rows.findIndex(({ text }) => /^ {2}\$ /.test(text));
  if (at < 0) return null;
  const lines = [rows[at]!.text.slice(4)];
  for (const { text } of rows.slice(at + 1)) {
    if (!/^ {4}\S/.test(text)) break;
    lines.push(text.slice(4));
  }
  const text = lines.join('\n');
  return { is: 'command', text, isWhole: lines.length === 1 && !isElided(text) };
}

const keys =
  /\b(?:press )?enter\b.*\b(?:confirm|continue|select|submit|choose)\b|\besc\b.*\b(?:cancel|skip|go back|exit)\b/i;

function kindOf(question: string): Dialog['kind'] {
  if (/^Would you like to make the following edits/.test(question)) return 'edit';
  if (/^Would you like to /.test(question)) return 'approval';
  if (/trust|Hooks need review/i.test(question)) return 'trust';
  if (/sign in|log in|login/i.test(question)) return 'login';
  if (/update/i.test(question)) return 'update';
  return 'choice';
}
